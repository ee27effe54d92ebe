-- Stored answers to repeated requests, and the windows of rate limits
-- depends: 0001_chassis

-- migrate: apply
create table idempotent_answer (
    actor uuid not null,
    key text not null,
    route text not null,
    request_hash bytea not null,
    status integer,
    headers jsonb not null default '{}',
    body jsonb,
    subjects uuid[] not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    primary key (actor, key)
);
create index idempotent_answer_created on idempotent_answer (created_at);
create index idempotent_answer_subjects on idempotent_answer using gin (subjects);

create table rate_limit (
    bucket text not null,
    window_start timestamptz not null,
    count integer not null,
    primary key (bucket, window_start)
);
create index rate_limit_window on rate_limit (window_start);

-- migrate: rollback
drop table rate_limit;
drop table idempotent_answer;
