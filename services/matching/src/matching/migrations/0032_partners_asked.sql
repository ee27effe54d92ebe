-- Whether partner clusters are asked about a request is as its listing's state says
-- depends: 0031_overflow

-- migrate: apply
alter table awaited_request add column partners_asked boolean not null default false;
update awaited_request set partners_asked = true where overflowed_at is not null;
comment on column awaited_request.overflowed_at is
    'When it was decided that partner clusters shall be asked; partners_asked says that they are.';

-- migrate: rollback
alter table awaited_request drop column partners_asked;
