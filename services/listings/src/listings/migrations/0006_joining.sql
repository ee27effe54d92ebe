-- Registrations of one address stand side by side; whoever verifies one becomes its member
-- depends: 0005_unreachable_owners

-- migrate: apply
drop index registration_email;
create index registration_email on registration (lower(email));
alter table registration add column member_id uuid references member on delete cascade;
update registration set member_id = id
    where verified_at is not null and exists (select from member where member.id = registration.id);
create index registration_member on registration (member_id) where member_id is not null;
create index registration_organisation on registration (organisation_id);

-- migrate: rollback
drop index registration_organisation;
drop index registration_member;
alter table registration drop column member_id;
drop index registration_email;
create unique index registration_email on registration (lower(email));
