-- What a yes to an enquiry led to, once an enquiry; a contact that its requester takes back
-- depends: 0008_solved_listings

-- migrate: apply
create table enquiry_offer (
    enquiry_id uuid primary key,
    revision bigint not null,
    listing_id uuid references listing (id),
    contact_id uuid references contact (id)
);
create index enquiry_offer_listing on enquiry_offer (listing_id) where listing_id is not null;
alter table contact add column withdrawn_at timestamptz;

-- migrate: rollback
alter table contact drop column withdrawn_at;
drop table enquiry_offer;
