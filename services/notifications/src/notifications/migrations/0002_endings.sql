-- What ended, so that a mail that waits to say something about it is not sent
-- depends: 0001_mail

-- migrate: apply
create table ending (
    id uuid primary key,
    because text not null,
    since timestamptz not null
);
comment on table ending is
    'Proposals, listings and contacts by their id; an ending may become known before what it ends.';
create index ending_since on ending (since);

alter table notice add column ends_with uuid[] not null default '{}';
create index notice_ends_with on notice using gin (ends_with);

-- migrate: rollback
alter table notice drop column ends_with;
drop table ending;
