-- When the database was restored, and to what time: what lies between was forgotten
-- depends: 0003_sweep_failure

-- migrate: apply
create table restoration (
    id bigint generated always as identity primary key,
    restored_to timestamptz not null,
    restored_at timestamptz not null
);

-- migrate: rollback
drop table restoration;
