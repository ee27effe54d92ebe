-- What organisations can do, which requests wait for a strong proposal, and whom a broker could ask
-- depends: 0001_matching

-- migrate: apply
create table capability (
    capability_id uuid primary key,
    organisation_id uuid not null,
    source text not null check (source in ('profile', 'offer')),
    title text not null,
    text jsonb not null,
    source_revision bigint not null,
    ended_as text,
    ended_at timestamptz,
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
    changed_at timestamptz not null,
    subjects uuid[] not null
);
comment on table capability is
    'One row an organisation''s profile (its id), one an offer that ended (the listing''s id).';
comment on column capability.title is 'Empty where an anonymous offer keeps it to itself.';
comment on column capability.ended_as is
    'Why the offer ended; without it (only a tombstone came so far) the offer does not count.';
create index capability_organisation on capability (organisation_id);
create index capability_waiting on capability (changed_at);

create table awaited_request (
    request_id uuid primary key,
    organisation_id uuid not null,
    published_at timestamptz not null,
    unmet_at timestamptz,
    told_at timestamptz,
    ranked_up_to timestamptz,
    ranked_version text,
    ranked_revision bigint
);
comment on table awaited_request is
    'Live requests; unmet_at is set once, when no strong proposal came within the set time.';
comment on column awaited_request.ranked_up_to is
    'The newest change of a capability that the ranking knew: no clock is compared with another.';
create index awaited_request_open on awaited_request (published_at) where unmet_at is null;
create index awaited_request_unmet on awaited_request (unmet_at) where unmet_at is not null;

insert into awaited_request (request_id, organisation_id, published_at)
select listing_id, organisation_id, to_timestamp(revision / 1000.0)
from listing where kind = 'request' and live and content is not null;

create table candidate (
    request_id uuid not null references awaited_request on delete cascade,
    organisation_id uuid not null,
    place integer not null,
    reasons jsonb not null,
    subjects uuid[] not null,
    primary key (request_id, organisation_id)
);
create index candidate_subjects on candidate using gin (subjects);

-- migrate: rollback
drop table candidate, awaited_request, capability;
