-- What a request said when it was proposed, so that one edited into something else counts as unmet
-- depends: 0032_partners_asked

-- migrate: apply
alter table proposal add column request_wording bytea;
comment on column proposal.request_wording is
    'Digest of what the request said when the pair was last decided as strong, or proposed; absent for proposals made before it was kept, and after an erasure.';

-- migrate: rollback
alter table proposal drop column request_wording;
