-- A mail to sign in is about its reader: of who was erased before this was heeded, about nobody
-- depends: 0002_counted_once

-- migrate: apply
update ledger set about_id = null
where type in ('mail.sent', 'mail.bounced') and slugs->>'template' = 'sign_in'
    and about_id is distinct from member_id and about_id is not null;

-- migrate: rollback
