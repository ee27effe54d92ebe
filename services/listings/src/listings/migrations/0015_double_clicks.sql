-- In which browser a link was used: a second click there finds what the first one did
-- depends: 0014_members_of_files

-- migrate: apply
alter table signin_nonce add column browser bytea;
comment on column signin_nonce.browser is
    'A keyed hash of its form cookie; empty until the link is used.';

-- migrate: rollback
alter table signin_nonce drop column browser;
