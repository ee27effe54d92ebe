-- Organisations of the directory, members, and what signs them in
-- depends:

-- migrate: apply
create table organisation (
    id uuid primary key,
    external_id text unique,
    name text not null,
    kind text not null,
    size_class text not null,
    industry_code text,
    capabilities text not null default '',
    street text not null default '',
    postcode text,
    city text not null default '',
    website text,
    email_domain text,
    allows_enquiries boolean not null default false,
    is_trusted boolean not null default false,
    revision bigint not null,
    created_at timestamptz not null default clock_timestamp()
);
create index organisation_email_domain on organisation (email_domain);
create index organisation_name on organisation (lower(name));

create table member (
    id uuid primary key,
    external_id text unique,
    name text not null,
    email text not null,
    language text not null,
    roles text[] not null default '{member}',
    sessions_valid_from timestamptz not null,
    revision bigint not null,
    created_at timestamptz not null default clock_timestamp()
);
create unique index member_email on member (lower(email));

create table membership (
    member_id uuid not null references member on delete cascade,
    organisation_id uuid not null references organisation on delete cascade,
    joined_at timestamptz not null default clock_timestamp(),
    primary key (member_id, organisation_id)
);
create index membership_organisation on membership (organisation_id);

-- Who asked to join: nothing of it is visible before the address is verified.
create table registration (
    id uuid primary key,
    name text not null,
    email text not null,
    language text not null,
    organisation_id uuid references organisation on delete cascade,
    organisation_name text not null,
    organisation_kind text not null,
    organisation_size_class text not null,
    organisation_postcode text not null,
    requested_at timestamptz not null,
    verified_at timestamptz
);
create unique index registration_email on registration (lower(email));
create index registration_verified on registration (verified_at) where verified_at is not null;

create table signin_nonce (
    nonce uuid primary key,
    member_id uuid not null,
    expires_at timestamptz not null,
    next_path text,
    used_at timestamptz
);
create index signin_nonce_expires on signin_nonce (expires_at);
create index signin_nonce_member on signin_nonce (member_id);

create table api_token (
    id uuid primary key,
    member_id uuid not null references member on delete cascade,
    label text not null,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    last_used_on date
);
create index api_token_member on api_token (member_id);

-- migrate: rollback
drop table api_token, signin_nonce, registration, membership, member, organisation;
