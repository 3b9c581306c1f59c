-- What the rollups keep beside their sums, in the product's own schema. The tables of the sums
-- themselves are made from the registry: a column for every figure that adds up.

create table if not exists control_room.rollup_state (
    only_one boolean primary key default true check (only_one),
    definition text not null,        -- of facts, registry and zone: another one means building anew
    time_zone text not null,         -- whose days these are
    watermark timestamptz not null,  -- every row loaded before this instant has been seen
    ran_at timestamptz not null,
    verified_at timestamptz          -- when rows were last counted, to notice those that were deleted
);

-- One row a rollup group and day that is built. A day that is not here, or stale, is read from the
-- facts.
create table if not exists control_room.rollup_days (
    rollup_group text not null,
    starts timestamptz not null,
    ends timestamptz not null,
    settled_at timestamptz not null, -- asked at or after this instant, the day's sums are final
    rows_seen bigint not null,       -- of the relation, by the group's date; fewer means deleted ones
    is_stale boolean not null default false,  -- rows of it were loaded since: the facts answer
    built_at timestamptz not null default now(),
    primary key (rollup_group, starts)
);

-- The same by quarter of an hour, for sums that are asked soon after the event.
create table if not exists control_room.rollup_quarters (
    rollup_group text not null,
    starts timestamptz not null,
    settled_at timestamptz not null,
    primary key (rollup_group, starts)
);

-- Groups that cannot be built, until they can: each stops alone, and the facts answer in its place.
create table if not exists control_room.rollup_failures (
    rollup_group text primary key,   -- or the key of the materialized rows
    since timestamptz not null default now(),
    tried_at timestamptz not null default now(),
    day timestamptz not null,        -- the one that was tried last
    message text not null            -- the server's own words
);

-- What the dimensions of accounts were when their days were built: accounts have no time of loading.
drop table if exists control_room.account_plans;
create table if not exists control_room.account_dimensions (
    account_id text primary key,
    dimensions jsonb not null
);

-- Failed spans as facts/spans.sql has them, with the instants on which it depends what they are: so
-- the same rows answer whenever it is asked. Kept up by account, row for row.
create table if not exists control_room.failures (
    account_id text not null,
    span_id text not null,
    trace_id text not null,
    parent_span_id text,
    conversation_id text,
    origin text not null,
    operation text not null,
    system text not null,
    name text not null,
    started_at timestamptz not null,
    known_at timestamptz not null,
    recovered_at timestamptz,        -- null: not yet
    duration_ms double precision,
    status_code text,
    error_type text not null,
    message_shape text,
    fingerprint text not null,
    excluded_at timestamptz,         -- when its conversation, a test or spam, began; null: it has none
    conversation_started_at timestamptz,  -- from when on what follows is known
    source text,
    channel text,
    language text,
    topic text,
    agent_version text,
    -- per dimension of conversations: {column} text,
    primary key (account_id, span_id)
);
create index if not exists failures_started on control_room.failures (started_at);
-- When a group was first and last seen, and how much it reached, is answered from the index alone.
create index if not exists failures_group on control_room.failures (fingerprint, started_at)
    include (known_at, excluded_at, account_id, conversation_id, recovered_at, origin);
-- Lists of conversations ask which of theirs failed.
create index if not exists failures_conversation on control_room.failures (conversation_started_at);
create index if not exists failures_account
    on control_room.failures (account_id, started_at);

-- Resolved episodes as facts/episodes.sql has them, with the instants on which it depends whether they
-- are: those that were escalated later too. Kept up by account, row for row.
create table if not exists control_room.resolved (
    account_id text not null,
    conversation_id text not null,
    source text,
    channel text,
    language text,
    topic text,
    agent_version text,
    -- per dimension of conversations: {column} text,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    next_episode_at timestamptz,     -- of the account; null: none within 7 days of the end
    closing_signal text not null,
    first_ai_reply_at timestamptz not null,
    handoff_at timestamptz,
    first_human_reply_at timestamptz,
    primary key (account_id, conversation_id)
);
create index if not exists resolved_started on control_room.resolved (started_at);

-- Silent failures as facts/silent_failures.sql has them, and from when to when each was one.
create table if not exists control_room.silent_failures (
    account_id text not null,
    conversation_id text not null,
    span_id text not null,
    rule text not null,
    occurred_at timestamptz not null,
    failed_at timestamptz not null,
    trace_id text not null,
    origin text not null,
    operation text not null,
    system text not null,
    name text not null,
    error_type text not null,
    source text,
    channel text,
    language text,
    topic text,
    agent_version text,
    -- per dimension of conversations: {column} text,
    true_from timestamptz not null,
    true_until timestamptz,          -- null: nothing has ended it
    primary key (account_id, conversation_id, span_id, rule)
);
-- How many there were, by either rule, is answered from the index alone.
create index if not exists silent_failures_occurred on control_room.silent_failures (occurred_at)
    include (true_from, true_until, account_id, rule);
create index if not exists silent_failures_account
    on control_room.silent_failures (account_id, occurred_at);
