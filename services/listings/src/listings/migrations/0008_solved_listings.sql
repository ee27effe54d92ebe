-- Listings whose owners told somebody that it is solved: they are offered to end them
-- depends: 0007_enquiry_addresses

-- migrate: apply
alter table listing add column said_solved_at timestamptz;

-- migrate: rollback
alter table listing drop column said_solved_at;
