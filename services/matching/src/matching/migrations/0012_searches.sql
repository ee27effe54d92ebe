-- Saved searches, the listings that have yet to be compared with them, and what was found
-- depends: 0001_matching

-- migrate: apply
create table saved_search (
    search_id uuid primary key,
    member_id uuid not null,
    revision bigint not null,
    words text not null,
    language text not null,
    kind text not null,
    category text,
    postcode text,
    latitude double precision,
    longitude double precision,
    radius_km integer,
    created_at timestamptz not null,
    analysis_version text,
    unusable boolean not null default false,
    tokens bytea,
    token_weights bytea,
    analysed_words text[],
    sentence bytea,
    vector bytea,
    terms text[],
    word_count integer,
    spreads real[],
    in_background boolean,
    unique nulls not distinct (member_id, words, kind, category, postcode, radius_km)
);
create index saved_search_kind on saved_search (kind);

create table entered_listing (
    listing_id uuid primary key,
    entered_at timestamptz not null,
    compared_at timestamptz,
    correlation_id uuid not null,
    caused_by text,
    traceparent text
);
comment on table entered_listing is 'Each listing enters once; its later revisions find nobody.';
create index entered_listing_waiting on entered_listing (entered_at) where compared_at is null;

insert into entered_listing (listing_id, entered_at, compared_at, correlation_id)
select listing_id, clock_timestamp(), clock_timestamp(), listing_id
from listing where content is not null;

create table search_hit (
    search_id uuid not null references saved_search on delete cascade,
    listing_id uuid not null,
    hit_at timestamptz not null,
    primary key (search_id, listing_id)
);

-- migrate: rollback
drop table search_hit, entered_listing, saved_search;
