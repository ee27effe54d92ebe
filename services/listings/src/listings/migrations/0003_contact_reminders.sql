-- Owners are reminded of an unanswered contact, once, before it lapses
-- depends: 0002_listings_and_contacts

-- migrate: apply
alter table contact add column reminded_at timestamptz;
create index contact_unreminded on contact (requested_at)
    where status = 'requested' and reminded_at is null;

-- migrate: rollback
drop index contact_unreminded;
alter table contact drop column reminded_at;
