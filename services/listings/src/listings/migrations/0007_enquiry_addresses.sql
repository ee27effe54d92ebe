-- Where an organisation that nobody joined yet can be asked
-- depends: 0006_joinings

-- migrate: apply
alter table organisation add column enquiry_email text;

-- migrate: rollback
alter table organisation drop column enquiry_email;
