-- When a sweep raised last, and what; cleared by its next success
-- depends: 0002_idempotent_answer

-- migrate: apply
alter table sweep add column failed_at timestamptz, add column failure text;

-- migrate: rollback
alter table sweep drop column failed_at, drop column failure;
