-- Registrations of one address stand side by side; whoever verifies one becomes its member
-- depends: 0005_unreachable_owners

-- migrate: apply

-- The code before this keeps one registration an address and needs a unique index to do so. Its
-- table stays as it is until a release after this one drops it.
create table joining (
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
    verified_at timestamptz,
    member_id uuid references member on delete cascade
);
create index joining_email on joining (lower(email));
create index joining_verified on joining (verified_at) where verified_at is not null;
create index joining_member on joining (member_id) where member_id is not null;
create index joining_organisation on joining (organisation_id);
insert into joining
    select registration.id, registration.name, registration.email, registration.language,
        organisation_id, organisation_name, organisation_kind, organisation_size_class,
        organisation_postcode, requested_at, verified_at, member.id
    from registration left join member
        on member.id = registration.id and registration.verified_at is not null;

-- migrate: rollback
drop table joining;
