-- Listings with their analysis, what waits to be matched, proposals and their answers
-- depends:

-- migrate: apply
create table listing (
    listing_id uuid primary key,
    organisation_id uuid not null,
    revision bigint not null,
    kind text,
    content jsonb,
    visibility text,
    place jsonb,
    valid_until timestamptz,
    live boolean not null,
    analysis_version text,
    unusable boolean not null default false,
    tokens bytea,
    token_weights bytea,
    words text[],
    sentence bytea,
    vector bytea,
    terms text[],
    word_count integer,
    spreads real[],
    in_background boolean,
    changed_by xid8 not null default pg_current_xact_id(),
    subjects uuid[] not null
);
comment on column listing.content is 'Absent once the listing is closed or erased: the row is then a gravestone.';
comment on column listing.changed_by is
    'The transaction of the last change: a worker reads again from the oldest one it may not have seen.';
comment on column listing.analysis_version is
    'Absent while the text waits for its analysis; present and unusable where an encoder gave no number.';
create index listing_changed_by on listing (changed_by);
create index listing_subjects on listing using gin (subjects);

create table match_due (
    listing_id uuid primary key references listing,
    revision bigint not null,
    queued_at timestamptz not null default clock_timestamp(),
    claimed_until timestamptz,
    correlation_id uuid not null,
    caused_by text,
    traceparent text
);
create index match_due_queued on match_due (queued_at);

create table proposal (
    proposal_id uuid primary key,
    offer_id uuid not null references listing,
    request_id uuid not null references listing,
    offer_organisation_id uuid not null,
    request_organisation_id uuid not null,
    revision bigint not null,
    strength text not null,
    reasons jsonb not null,
    q double precision not null,
    d double precision not null,
    engine_version text not null,
    proposed_at timestamptz not null,
    withdrawn_at timestamptz,
    subjects uuid[] not null,
    unique (offer_id, request_id)
);
create index proposal_request on proposal (request_id);
create index proposal_subjects on proposal using gin (subjects);

create table answer (
    proposal_id uuid not null references proposal,
    side text not null check (side in ('offer', 'request')),
    member_id uuid,
    answer text not null,
    reason text,
    answered_at timestamptz not null,
    subjects uuid[] not null,
    primary key (proposal_id, side)
);
create index answer_subjects on answer using gin (subjects);

create table hidden_pair (
    organisation_id uuid not null,
    hidden_organisation_id uuid not null,
    proposal_id uuid not null references proposal,
    subjects uuid[] not null,
    primary key (organisation_id, hidden_organisation_id)
);
comment on table hidden_pair is 'Who called whom a competitor; neither is proposed to the other any more.';
create index hidden_pair_subjects on hidden_pair using gin (subjects);

-- migrate: rollback
drop table hidden_pair, answer, proposal, match_due, listing;
