-- What one mail tells where several things came within a period
-- depends: 0002_endings

-- migrate: apply
create table mail_item (
    id uuid primary key,
    mail_id uuid not null references mail (id),
    notice_id uuid not null references notice (id),
    place bigint generated always as identity
);
comment on table mail_item is
    'The parts of a digest, each under the key that a mail of its own would have.';
create index mail_item_mail on mail_item (mail_id);
create index mail_item_notice on mail_item (notice_id);

alter table mail add column collected_until timestamptz;
comment on column mail.collected_until is 'Until then a digest is not late.';

-- migrate: rollback
alter table mail drop column collected_until;
drop table mail_item;
