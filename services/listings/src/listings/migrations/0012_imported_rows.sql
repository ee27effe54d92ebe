-- What its line of a file last said of an imported listing: the same line again changes nothing
-- depends: 0011_overflow

-- migrate: apply
alter table listing add column file_row jsonb;

-- migrate: rollback
alter table listing drop column file_row;
