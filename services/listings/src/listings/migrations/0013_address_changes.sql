-- Which other address a member wants: it is theirs once they confirm it from a mail to it
-- depends: 0012_imported_rows

-- migrate: apply
create table address_change (
    id uuid primary key,
    member_id uuid not null references member on delete cascade,
    email text not null,
    asked_at timestamptz not null
);
create index address_change_member on address_change (member_id);

-- Keyed hashes, for the erasure list: no file brings back who was erased by what they left.
create table former_address (
    member_id uuid not null references member on delete cascade,
    trace bytea not null,
    left_at timestamptz not null,
    primary key (member_id, trace)
);

-- migrate: rollback
drop table former_address, address_change;
