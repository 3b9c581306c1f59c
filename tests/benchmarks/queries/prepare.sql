-- What the bulk fill of the benchmark works with, gone when the session ends: a draw, and the
-- episodes that are being filled.

-- A share from 0 up to 1 that follows from a number and the purpose of the draw: the same number gives
-- the same history, on any machine and in any order.
create function pg_temp.draw(number bigint, purpose integer) returns double precision
language sql immutable
return (hashint8extended(number, purpose) & 1048575) / cast(1048576 as double precision);

-- One row per episode as it will be in the end; what happens after the history's end is cut later.
create temp table bench_episode (
    number bigint not null,
    account_id text not null,
    conversation_id text not null,
    topic_place integer not null,
    channel text not null,
    language text,
    agent_version text not null,
    started_at timestamptz not null,
    first_ai_reply_at timestamptz,
    handoff_at timestamptz,
    first_human_reply_at timestamptz,
    ended_at timestamptz
);
