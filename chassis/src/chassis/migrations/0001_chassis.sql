-- Outbox, inbox, parked records, copies of state, sweeps and operators' actions
-- depends:

-- migrate: apply
create table outbox (
    seq bigint generated always as identity primary key,
    id uuid not null unique,
    topic text not null,
    key text not null,
    headers jsonb not null,
    payload bytea,
    role text not null check (role in ('fact', 'state')),
    personal boolean not null,
    subjects uuid[] not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    published_at timestamptz,
    set_aside_at timestamptz,
    error text
);
create index outbox_unpublished on outbox (seq) where published_at is null;
create index outbox_set_aside on outbox (topic, key, seq)
    where set_aside_at is not null and published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;
create index outbox_subjects on outbox using gin (subjects);

create table inbox (
    source text not null,
    id text not null,
    handled_at timestamptz not null default clock_timestamp(),
    primary key (source, id)
);
create index inbox_handled_at on inbox (handled_at);

create table parked_record (
    id bigint generated always as identity primary key,
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    value_hash bytea not null,
    "timestamp" timestamptz not null,
    key bytea,
    headers jsonb not null,
    value bytea,
    subjects uuid[] not null default '{}',
    error text not null,
    parked_at timestamptz not null default clock_timestamp(),
    resolved_at timestamptz,
    resolution text check (resolution in ('replayed', 'discarded')),
    unique (topic, partition, "offset", value_hash)
);
create index parked_record_subjects on parked_record using gin (subjects);

create table consumer_gate (
    name text primary key,
    parked_since_success integer not null default 0,
    stopped_at timestamptz
);

create table consumer_rewind (
    topic text not null,
    partition integer not null,
    requested_at timestamptz not null default clock_timestamp(),
    primary key (topic, partition)
);

create table state_copy (
    name text not null,
    id uuid not null,
    revision bigint not null,
    payload jsonb,
    subjects uuid[] not null default '{}',
    primary key (name, id)
);
create index state_copy_payload on state_copy using gin (payload jsonb_path_ops);
create index state_copy_subjects on state_copy using gin (subjects);

create table gravestone (
    name text not null,
    id uuid not null,
    revision bigint not null,
    primary key (name, id)
);

create table sweep (
    name text primary key,
    last_run_at timestamptz,
    stopped_at timestamptz,
    stop_reason text,
    confirmed_at timestamptz
);

create table operator_action (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    operator text not null,
    command text not null,
    result text not null
);

-- migrate: rollback
drop table operator_action, sweep, gravestone, state_copy, consumer_rewind, consumer_gate,
    parked_record, inbox, outbox;
