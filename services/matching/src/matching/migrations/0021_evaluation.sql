-- Every answer as a label with what was known of the pair, and thresholds learned from labels
-- depends: 0020_spread

-- migrate: apply
create table label (
    proposal_id uuid not null references proposal,
    side text not null check (side in ('offer', 'request')),
    answer text not null,
    reason text,
    request_category text not null,
    offer_category text not null,
    strength text not null,
    reason_kinds text[] not null,
    words jsonb not null,
    hindrance text,
    engine_version text not null,
    q double precision not null,
    d double precision not null,
    features jsonb,
    answered_at timestamptz not null,
    subjects uuid[] not null,
    primary key (proposal_id, side)
);
comment on table label is
    'What an answer says of a proposal, kept when its listings end; an erasure blanks the words.';
comment on column label.hindrance is 'What ruled the pair out by the time of the answer.';
create index label_subjects on label using gin (subjects);

insert into label (proposal_id, side, answer, reason, request_category, offer_category, strength,
    reason_kinds, words, engine_version, q, d, answered_at, subjects)
select p.proposal_id, a.side, a.answer, a.reason,
    coalesce(r.content #>> '{category,slug}', ''), coalesce(o.content #>> '{category,slug}', ''),
    p.strength,
    array_remove(array[
        case when p.reasons #>> '{words,0,request_word}' is not null then 'words' end,
        case when p.reasons #>> '{same_category,slug}' is not null then 'category' end,
        case when p.reasons ->> 'distance_km' is not null then 'distance' end,
        case when coalesce(p.reasons ->> 'needed_by', p.reasons ->> 'available_from') is not null
            then 'dates' end,
        case when p.reasons ->> 'met_need' is not null then 'further-need' end], null),
    coalesce(p.reasons -> 'words', '[]'), p.engine_version, p.q, p.d, a.answered_at, p.subjects
from answer a join proposal p using (proposal_id)
    join listing r on r.listing_id = p.request_id join listing o on o.listing_id = p.offer_id;

create table calibration (
    version text primary key references analysis_version,
    threshold double precision not null,
    target double precision not null,
    answers integer not null,
    fitted_at timestamptz not null,
    switched_on boolean not null
);
comment on table calibration is
    'The threshold that the answers under a version suggest; in force only where switched on.';

-- migrate: rollback
drop table calibration, label;
