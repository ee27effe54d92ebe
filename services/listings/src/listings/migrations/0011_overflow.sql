-- Until when partner clusters are asked about a request that nobody here fits
-- depends: 0010_erasure_list

-- migrate: apply
alter table listing add column partners_asked_until timestamptz;

-- migrate: rollback
alter table listing drop column partners_asked_until;
