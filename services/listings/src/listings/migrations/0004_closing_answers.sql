-- The words of closing answers belong to the schemas, which the database does not repeat
-- depends: 0003_contact_reminders

-- migrate: apply
alter table closing_answer drop constraint closing_answer_answer_check;
update closing_answer set answer = 'found-elsewhere' where answer = 'elsewhere';

-- migrate: rollback
update closing_answer set answer = 'elsewhere' where answer = 'found-elsewhere';
alter table closing_answer add constraint closing_answer_answer_check
    check (answer in ('found-here', 'elsewhere', 'no-longer-needed'));
