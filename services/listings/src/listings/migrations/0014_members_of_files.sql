-- What its line of a file last said of a member; indexes for what is kept about one member
-- depends: 0013_address_changes

-- migrate: apply
alter table member add column file_row jsonb;

create index listing_member on listing (member_id) where member_id is not null;
create index contact_requesting_member on contact (requesting_member_id);
create index contact_answering_member on contact (answering_member_id)
    where answering_member_id is not null;
create index moderation_decision_decided_by on moderation_decision (decided_by)
    where decided_by is not null;

-- migrate: rollback
drop index moderation_decision_decided_by, contact_answering_member, contact_requesting_member,
    listing_member;
alter table member drop column file_row;
