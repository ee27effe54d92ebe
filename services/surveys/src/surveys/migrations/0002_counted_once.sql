-- What is said twice counts once, and a listing that goes on under a new id counts as one
-- depends: 0001_surveys

-- migrate: apply
comment on column ledger.about_id is
    'What the fact refers to: the proposal behind a contact, the aggregate that caused a mail, the question that an outcome answers, the listing that a new one replaces.';

create view first_said as
select * from ledger fact
where not exists (
    select from ledger earlier
    where earlier.type = fact.type and earlier.aggregate_id = fact.aggregate_id
        and (earlier.occurred_at, earlier.event_id) < (fact.occurred_at, fact.event_id)
);
comment on view first_said is
    'Of all facts of one type about one aggregate the first: after a restore some are said again, under new ids.';

create view last_said as
select * from ledger fact
where not exists (
    select from ledger later
    where later.type = fact.type and later.aggregate_id = fact.aggregate_id
        and (later.revision, later.event_id) > (fact.revision, fact.event_id)
);
comment on view last_said is 'Of all facts of one type about one aggregate the last word.';

create view published_listing as
select * from first_said where type = 'listing.created' and about_id is null;
comment on view published_listing is
    'The publication of each listing; one that replaces another is the same listing.';

create view ended_listing as
select * from last_said ended
where type = 'listing.closed' and not exists (
    select from ledger successor
    where successor.type = 'listing.created' and successor.about_id = ended.aggregate_id
);
comment on view ended_listing is 'The end of each listing that no other one replaces.';

-- migrate: rollback
drop view ended_listing, published_listing, last_said, first_said;
comment on column ledger.about_id is
    'What the fact refers to: the proposal behind a contact, the aggregate that caused a mail, the question that an outcome answers.';
