-- The ledger of facts, the labels of categories, the contacts that are followed and their questions
-- depends:

-- migrate: apply
create table ledger (
    event_id uuid primary key,
    type text not null,
    occurred_at timestamptz not null,
    revision bigint not null,
    aggregate_id uuid not null,
    listing_id uuid,
    offer_id uuid,
    request_id uuid,
    about_id uuid,
    organisation_id uuid,
    counterpart_organisation_id uuid,
    member_id uuid,
    size_class text,
    slugs jsonb not null default '{}',
    subjects uuid[] not null default '{}',
    recorded_at timestamptz not null default clock_timestamp()
);
comment on table ledger is
    'Append-only. Two changes are allowed: an unknown size class is filled in once, and the ids of an erased subject are replaced by a random id that is stored nowhere else.';
comment on column ledger.about_id is
    'What the fact refers to: the proposal behind a contact, the aggregate that caused a mail, the question that an outcome answers.';
comment on column ledger.size_class is
    'Of organisation_id, as it was when the fact became known here.';
create index ledger_type_occurred_at on ledger (type, occurred_at);
create index ledger_type_aggregate on ledger (type, aggregate_id);
create index ledger_type_about on ledger (type, about_id) where about_id is not null;
create index ledger_unknown_size on ledger (organisation_id)
    where size_class is null and organisation_id is not null;
create index ledger_subjects on ledger using gin (subjects);

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only';
end
$$;
create trigger ledger_keeps_its_rows before delete or truncate on ledger
    for each statement execute function refuse_ledger_change();
create trigger ledger_keeps_its_facts
    before update of event_id, type, occurred_at, revision, aggregate_id, slugs on ledger
    for each statement execute function refuse_ledger_change();

create table category (
    slug text primary key,
    label_de text not null,
    label_en text not null,
    revision bigint not null
);

create table followed_contact (
    contact_id uuid primary key,
    revision bigint not null,
    listing_id uuid not null,
    listing_title text not null,
    listing_language text not null,
    accepted_at timestamptz not null,
    subjects uuid[] not null
);
create index followed_contact_subjects on followed_contact using gin (subjects);

create table question (
    question_id uuid primary key,
    contact_id uuid not null references followed_contact on delete cascade,
    organisation_id uuid not null,
    member_id uuid not null,
    counterpart_organisation_id uuid not null,
    after_days smallint not null,
    due_at timestamptz not null,
    asked_at timestamptz,
    closes_at timestamptz,
    outcome text,
    reason text,
    final boolean not null default false,
    answered_at timestamptz,
    subjects uuid[] not null,
    unique (contact_id, organisation_id, after_days)
);
create index question_waiting on question (due_at) where asked_at is null;
create index question_subjects on question using gin (subjects);

-- migrate: rollback
drop table question, followed_contact, category, ledger;
drop function refuse_ledger_change;
