-- Analyses in a table of their own, under versions that the service switches between
-- depends: 0001_matching

-- migrate: apply
create table analysis_version (
    number text primary key,
    engine text not null,
    state text not null check (state in ('building', 'active', 'retired')),
    content bytea,
    sha256 text,
    members uuid[] not null,
    offers integer not null,
    requests integer not null,
    created_at timestamptz not null,
    activated_at timestamptz
);
comment on column analysis_version.engine is
    'Model, weights and shipped background it was made with: the number of the version without live listings.';
comment on column analysis_version.content is
    'Absent for the shipped background, which every replica fits by itself, and once retired.';
comment on column analysis_version.members is 'The live listings that joined the background.';
create unique index analysis_version_active on analysis_version (state) where state = 'active';
create unique index analysis_version_building on analysis_version (state) where state = 'building';

create table analysis (
    version text not null references analysis_version,
    listing_id uuid not null references listing,
    part smallint not null,
    text_revision bigint not null,
    unusable boolean not null,
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
    primary key (version, listing_id, part)
);
comment on column analysis.part is '0 is the listing itself, the others its further needs in their order.';
comment on column analysis.text_revision is
    'The text it was made of; it counts only while the listing still has that text.';
create index analysis_listing on analysis (listing_id);
create index analysis_changed_by on analysis (changed_by);

alter table listing
    drop column analysis_version, drop column unusable, drop column tokens,
    drop column token_weights, drop column words, drop column sentence, drop column vector,
    drop column terms, drop column word_count, drop column spreads, drop column in_background,
    add column text_revision bigint;
update listing set text_revision = revision;
alter table listing alter column text_revision set not null;
comment on column listing.text_revision is 'The revision that last changed the text.';

-- migrate: rollback
alter table listing
    drop column text_revision,
    add column analysis_version text, add column unusable boolean not null default false,
    add column tokens bytea, add column token_weights bytea, add column words text[],
    add column sentence bytea, add column vector bytea, add column terms text[],
    add column word_count integer, add column spreads real[], add column in_background boolean;
drop table analysis, analysis_version;
