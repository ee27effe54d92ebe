-- Members whose address bounces, and the listings that pause because nobody can be reached
-- depends: 0004_closing_answers

-- migrate: apply
alter table member add column unreachable_since timestamptz;

create table unreachable_pause (
    listing_id uuid primary key references listing (id),
    organisation_id uuid not null,
    paused_at timestamptz not null
);
create index unreachable_pause_organisation on unreachable_pause (organisation_id);

-- migrate: rollback
drop table unreachable_pause;
alter table member drop column unreachable_since;
