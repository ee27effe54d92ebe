-- Notices, the mails they lead to, what members prefer and consented to, suppressed addresses
-- depends:

-- migrate: apply
create table notice (
    id uuid primary key,
    template text not null,
    event jsonb,
    organisation_id uuid not null,
    member_id uuid,
    side text not null,
    event_id text not null,
    correlation_id uuid not null,
    traceparent text,
    subjects uuid[] not null,
    expires_at timestamptz not null,
    closes_at timestamptz not null,
    addressed_at timestamptz,
    created_at timestamptz not null
);
create index notice_waiting on notice (closes_at) where addressed_at is null;
create index notice_organisation on notice (organisation_id, closes_at);
create index notice_member on notice (member_id, closes_at) where member_id is not null;
create index notice_subjects on notice using gin (subjects);

create table mail (
    id uuid primary key,
    notice_id uuid not null references notice (id),
    member_id uuid not null,
    template text not null,
    purpose text not null,
    domain text not null,
    state text not null check (state in ('pending', 'claimed', 'sending', 'sent', 'failed', 'held',
        'expired', 'suppressed')),
    revision bigint not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    due_at timestamptz not null,
    first_tried_at timestamptz,
    attempts integer not null default 0,
    claim uuid,
    claimed_at timestamptz,
    sending_at timestamptz,
    settled_at timestamptz,
    diagnostic text,
    address text,
    subject text,
    text text,
    html text,
    subjects uuid[] not null
);
create index mail_pending on mail (expires_at, due_at) where state = 'pending';
create index mail_in_hand on mail (claimed_at) where state in ('claimed', 'sending');
create index mail_claimed_at on mail (claimed_at) where claimed_at is not null;
create index mail_state on mail (state, created_at desc);
create index mail_created on mail (created_at desc);
create index mail_notice on mail (notice_id);
create index mail_subjects on mail using gin (subjects);

create table preference (
    member_id uuid not null,
    purpose text not null check (purpose in ('contacts', 'proposals', 'digest', 'surveys')),
    frequency text not null check (frequency in ('instant', 'daily', 'weekly', 'never')),
    changed_at timestamptz not null,
    primary key (member_id, purpose)
);

create table subscription (
    member_id uuid primary key,
    revision bigint not null
);

create table consent (
    id bigint generated always as identity primary key,
    member_id uuid not null,
    purpose text not null,
    frequency text not null,
    text_version text not null,
    given_by text not null,
    at timestamptz not null
);
create index consent_member on consent (member_id);

create table suppression (
    address text primary key,
    member_id uuid not null,
    reason text not null,
    diagnostic text not null,
    mail_id uuid not null,
    since timestamptz not null
);
create index suppression_member on suppression (member_id);

-- migrate: rollback
drop table suppression, consent, subscription, preference, mail, notice;
