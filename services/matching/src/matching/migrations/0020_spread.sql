-- Decided pairs that wait for their turn, what a pair's score is made of, usual exposures
-- depends: 0012_searches

-- migrate: apply
alter table proposal add column features jsonb;
comment on column proposal.features is 'What D is made of; absent for proposals made before it was kept.';
create index proposal_offer_organisation on proposal (offer_organisation_id, proposed_at);
create index proposal_request_organisation on proposal (request_organisation_id, proposed_at);

create table waiting_proposal (
    proposal_id uuid primary key,
    offer_id uuid not null references listing,
    request_id uuid not null references listing,
    offer_organisation_id uuid not null,
    request_organisation_id uuid not null,
    offer_text_revision bigint not null,
    request_text_revision bigint not null,
    category text not null,
    strength text not null,
    reasons jsonb not null,
    q double precision not null,
    d double precision not null,
    features jsonb not null,
    engine_version text not null,
    waits_since timestamptz not null,
    correlation_id uuid not null,
    caused_by text,
    traceparent text,
    subjects uuid[] not null,
    unique (offer_id, request_id)
);
comment on table waiting_proposal is
    'Decided and not yet proposed: it moves to proposal when there is room, and is then told.';
comment on column waiting_proposal.category is 'The offer''s, whose usual exposure it is compared with.';
create index waiting_proposal_request on waiting_proposal (request_id);
create index waiting_proposal_subjects on waiting_proposal using gin (subjects);

create table category_exposure (
    category text primary key,
    median double precision not null,
    organisations integer not null,
    counted_at timestamptz not null
);
comment on table category_exposure is
    'How often an organisation with a live offer in this category was shown of late, counted hourly.';

-- migrate: rollback
drop table category_exposure, waiting_proposal;
drop index proposal_request_organisation, proposal_offer_organisation;
alter table proposal drop column features;
