-- Enquiries a broker approved, what was answered, and who wants no more of them
-- depends: 0010_unmet

-- migrate: apply
create table enquiry (
    enquiry_id uuid primary key,
    request_id uuid not null,
    request_organisation_id uuid not null,
    organisation_id uuid not null,
    revision bigint not null,
    question text not null,
    approved_by uuid,
    approved_at timestamptz not null,
    expires_at timestamptz not null,
    answer text,
    note text not null default '',
    answered_by uuid,
    answered_at timestamptz,
    subjects uuid[] not null,
    unique (request_id, organisation_id)
);
create index enquiry_subjects on enquiry using gin (subjects);
create index enquiry_organisation on enquiry (organisation_id);

create table never_asked (
    organisation_id uuid primary key,
    enquiry_id uuid not null,
    said_at timestamptz not null
);
comment on table never_asked is 'Organisations that answered "never ask again", and where.';

-- migrate: rollback
drop table never_asked, enquiry;
