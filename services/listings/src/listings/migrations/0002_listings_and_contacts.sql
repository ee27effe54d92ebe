-- Listings, the moderators' ledger, and contacts between organisations
-- depends: 0001_organisations_and_members

-- migrate: apply
create extension if not exists pg_trgm;

create table listing (
    id uuid primary key,
    organisation_id uuid not null,
    member_id uuid,
    external_id text unique,
    replaces uuid,
    status text not null
        check (status in ('draft', 'submitted', 'published', 'paused', 'rejected', 'closed')),
    revision bigint not null,
    content jsonb not null,
    pending jsonb,
    created_at timestamptz not null,
    submitted_at timestamptz,
    published_at timestamptz,
    confirmed_at timestamptz,
    confirm_by timestamptz,
    asked text check (asked in ('week-before', 'day-before', 'said-outdated')),
    asked_at timestamptz,
    closed_at timestamptz,
    closing_reason text
        check (closing_reason in ('withdrawn', 'expired', 'fulfilled', 'erased')),
    kind text not null generated always as (content ->> 'kind') stored,
    category text not null generated always as (content -> 'category' ->> 'slug') stored,
    visibility text not null generated always as (content ->> 'visibility') stored,
    words text not null generated always as (
        lower((content ->> 'title') || ' ' || (content ->> 'description') || ' '
            || (content ->> 'tags'))
    ) stored,
    search tsvector not null generated always as (
        setweight(to_tsvector('german', content ->> 'title'), 'A')
        || setweight(jsonb_to_tsvector('german', content -> 'tags', '["string"]'), 'B')
        || setweight(to_tsvector('german', content ->> 'description'), 'C')
        || to_tsvector('english', (content ->> 'title') || ' ' || (content ->> 'description'))
    ) stored,
    check (status not in ('published', 'paused') or confirm_by is not null)
);
create index listing_organisation on listing (organisation_id);
create index listing_published on listing (published_at desc, id) where status = 'published';
create index listing_confirm_by on listing (confirm_by) where status in ('published', 'paused');
create index listing_moderation on listing (submitted_at)
    where status = 'submitted' or pending is not null;
create index listing_search on listing using gin (search) where status = 'published';
create index listing_words on listing using gin (words gin_trgm_ops) where status = 'published';

create table moderation_decision (
    id bigint generated always as identity primary key,
    listing_id uuid not null,
    organisation_id uuid not null,
    subject text not null check (subject in ('listing', 'edit')),
    decision text not null check (decision in ('released', 'rejected')),
    basis text not null check (basis in ('moderator', 'import')),
    reason text check (reason in
        ('outside-purpose', 'incomplete', 'misleading', 'unlawful', 'duplicate', 'other')),
    rule text not null default '',
    decided_by uuid,
    decided_at timestamptz not null,
    check ((decision = 'rejected') = (reason is not null)),
    check ((basis = 'moderator') = (decided_by is not null))
);
create index moderation_decision_organisation on moderation_decision (organisation_id, id desc);
create index moderation_decision_listing on moderation_decision (listing_id, id desc);

create table closing_answer (
    listing_id uuid primary key references listing (id),
    answer text not null check (answer in ('found-here', 'elsewhere', 'no-longer-needed')),
    answered_at timestamptz not null
);

create table contact (
    id uuid primary key,
    listing_id uuid not null references listing (id),
    listing_title text not null,
    listing_language text not null,
    proposal_id uuid,
    requesting_organisation_id uuid not null,
    requesting_member_id uuid not null,
    owning_organisation_id uuid not null,
    message text not null,
    names_itself boolean not null,
    status text not null check (status in ('requested', 'accepted', 'declined', 'lapsed')),
    revision bigint not null,
    requested_at timestamptz not null,
    lapses_at timestamptz not null,
    answered_at timestamptz,
    answering_member_id uuid,
    reason text,
    explanation text not null default '',
    check (requesting_organisation_id <> owning_organisation_id)
);
create unique index contact_one_open on contact (requesting_organisation_id, listing_id)
    where status = 'requested';
create index contact_requesting on contact (requesting_organisation_id, requested_at desc);
create index contact_owning on contact (owning_organisation_id, requested_at desc);
create index contact_lapses on contact (lapses_at) where status = 'requested';

-- migrate: rollback
drop table contact, closing_answer, moderation_decision, listing;
