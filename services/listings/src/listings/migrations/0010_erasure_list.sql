-- Who was erased: ids, and keyed hashes of what a file could bring back
-- depends: 0009_enquiry_offers

-- migrate: apply
create table erased (
    id uuid primary key,
    noun text not null check (noun in ('member', 'organisation')),
    erased_at timestamptz not null
);
create table erased_trace (
    trace bytea not null,
    erased_id uuid not null references erased (id),
    primary key (trace, erased_id)
);

-- migrate: rollback
drop table erased_trace, erased;
