-- Enquiries that reached nobody are asked again, once for each address that was corrected
-- depends: 0034_enquiry_mails

-- migrate: apply
alter table enquiry add column attempt integer not null default 1;
alter table enquiry add column asked_again_at timestamptz;
alter table enquiry_mail add column attempt integer not null default 1;

create table enquiry_address (
    enquiry_id uuid not null,
    recipient_id uuid not null,
    address_key uuid not null,
    primary key (enquiry_id, recipient_id, address_key)
);
comment on table enquiry_address is
    'Where a question went, so that it goes nowhere twice: a hash, as nobody reads it. What was asked before has none, and may be asked again once.';
create index enquiry_address_recipient on enquiry_address (recipient_id);

-- migrate: rollback
drop table enquiry_address;
alter table enquiry_mail drop column attempt;
alter table enquiry drop column asked_again_at;
alter table enquiry drop column attempt;
