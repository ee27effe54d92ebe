-- When partner clusters were asked about an unmet request, and until when they can answer
-- depends: 0010_unmet

-- migrate: apply
alter table awaited_request add column overflowed_at timestamptz, add column answer_by timestamptz;
comment on column awaited_request.overflowed_at is
    'Set once, some time after brokers were told, if the owner wishes it.';

-- migrate: rollback
alter table awaited_request drop column overflowed_at, drop column answer_by;
