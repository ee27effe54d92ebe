-- A listing's best counterparts are decided before those of any other that waits are all decided
-- depends: 0021_evaluation

-- migrate: apply
alter table match_due add column round integer not null default 0;
comment on column match_due.round is
    'In round 0 a listing meets its best counterparts, in later ones those beyond.';

-- migrate: rollback
alter table match_due drop column round;
