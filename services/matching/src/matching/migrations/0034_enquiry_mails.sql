-- What became of the mails that ask, so that nobody waits for an answer that cannot come
-- depends: 0011_enquiries

-- migrate: apply
create table enquiry_mail (
    mail_id uuid primary key,
    enquiry_id uuid not null,
    revision bigint not null,
    sent boolean not null
);
comment on table enquiry_mail is
    'The newest of what was said of each mail: handed over, or bounced. No foreign key, as its lock on the enquiry could wait for whoever answers while that waits for this.';
create index enquiry_mail_enquiry on enquiry_mail (enquiry_id);

-- What went out before was not noted, and counts as sent.
insert into enquiry_mail (mail_id, enquiry_id, revision, sent)
select gen_random_uuid(), enquiry_id, 1, true from enquiry where answer is null;

-- migrate: rollback
drop table enquiry_mail;
