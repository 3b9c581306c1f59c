-- The warehouse contract: the relations Control Room reads, one comment a column where the name
-- does not say it all. Each may be a table or a view over what a company already has.
--
-- `python -m dashboard init` makes them, by queries/migrations/contract/, which come to what stands here.
-- By hand, with the schema that shall hold them on the search path:
--     create schema if not exists support;
--     set search_path to support;
--     \i queries/contract.sql
--
-- All times are timestamptz. Every table but the small catalogues (articles, changes) leads its
-- key with account_id and is joined on it, so that on Citus one customer's history is one shard's
-- work:  select create_distributed_table('conversations', 'account_id');  and so on;
--        select create_reference_table('articles');

create table if not exists accounts (
    account_id text primary key,
    name text not null,
    plan text,
    monthly_revenue numeric,
    created_at timestamptz
);

create table if not exists conversations (
    account_id text not null,
    conversation_id text not null,
    source text not null,                  -- the system it came from
    channel text not null,
    language text,
    topic text,
    subject text,
    contact_name text,
    agent_version text,                    -- the AI agent's build
    started_at timestamptz not null,
    ended_at timestamptz,                  -- null while open
    first_ai_reply_at timestamptz,         -- the first substantive AI answer; a greeting is none
    handoff_at timestamptz,                -- the AI, a rule or the customer asked for a human
    handoff_reason text check (handoff_reason in (
        'customer_request', 'policy', 'knowledge_gap', 'tool_failure', 'low_confidence',
        'unclassified'
    )),
    handoff_queue text,
    first_human_reply_at timestamptz,
    closing_signal text check (closing_signal in ('confirmed', 'negative', 'silent')),
    rating smallint check (rating between 1 and 5),
    rated_at timestamptz,
    rating_comment text,
    is_excluded boolean not null default false,   -- test, spam, outbound
    times_placed boolean not null default false,  -- the source had no times: order is real, durations are not
    loaded_at timestamptz not null default now(),  -- moves when the transcript does, too
    primary key (account_id, conversation_id)
);

create table if not exists messages (
    account_id text not null,
    conversation_id text not null,
    position integer not null,
    sent_at timestamptz not null,
    author text not null check (author in ('customer', 'ai_agent', 'human_agent', 'system')),
    author_name text,
    body text not null,
    is_internal boolean not null default false,
    primary key (account_id, conversation_id, position)
);

-- OpenTelemetry's word for one timed operation.
create table if not exists spans (
    account_id text not null,
    span_id text not null,
    trace_id text not null,
    parent_span_id text,
    conversation_id text,                  -- background work has none
    origin text not null check (origin in ('agent', 'customer', 'background')),
    operation text not null,               -- execute_tool, retrieval, chat, http, job
    system text not null,                  -- the service called
    name text not null,                    -- tool or endpoint
    started_at timestamptz not null,
    -- Null when not measured. A value that no clock gives would break every question about its end.
    duration_ms double precision check (duration_ms >= 0 and duration_ms < 1e11),
    status_code text,
    error_type text,                       -- null when it succeeded
    error_message text,
    request jsonb,
    response jsonb,
    input_tokens bigint,                   -- null is unknown, never 0
    output_tokens bigint,
    cost_usd numeric,
    loaded_at timestamptz not null default now(),
    primary key (account_id, span_id)
);

create table if not exists articles (
    article_id text primary key,
    title text not null,
    url text,
    updated_at timestamptz
);

create table if not exists citations (
    account_id text not null,
    conversation_id text not null,
    position integer not null,             -- the message that cites
    article_id text not null,
    primary key (account_id, conversation_id, position, article_id)
);

-- OpenTelemetry's gen_ai.evaluation.*: a score given to an episode by a judge, human or model.
-- Never a customer's rating.
create table if not exists evaluations (
    account_id text not null,
    conversation_id text not null,
    name text not null,
    score double precision,
    label text,
    explanation text,
    evaluator text not null,
    evaluated_at timestamptz,
    primary key (account_id, conversation_id, name, evaluator)
);

-- What people changed: an agent version, a prompt, an article, an integration, a policy.
create table if not exists changes (
    change_id text primary key,
    changed_at timestamptz not null,
    component text not null,
    title text not null,
    url text
);

-- Which conversations began in a window, and whose, is answered from the index alone.
create index if not exists conversations_by_start
    on conversations (started_at) include (account_id, conversation_id, is_excluded);
create index if not exists conversations_account_started on conversations (account_id, started_at);
-- What an account has open, or ended lately: of a long history a few rows.
create index if not exists conversations_account_ended
    on conversations (account_id, (coalesce(ended_at, 'infinity')));
create index if not exists conversations_handoff on conversations (handoff_at)
    where handoff_at is not null;
create index if not exists conversations_account_handoff
    on conversations (account_id, handoff_at) where handoff_at is not null;
-- Who was waiting for a human at an instant: the time from the handoff to whatever ended the wait.
create index if not exists conversations_waiting on conversations using gist (
    tstzrange(
        handoff_at,
        greatest(handoff_at, coalesce(least(first_human_reply_at, ended_at), 'infinity'))
    )
) where handoff_at is not null;
create index if not exists conversations_rated
    on conversations ((coalesce(rated_at, ended_at, started_at))) where rating is not null;
-- Calls of excluded conversations are no calls of ours: one by one, or all of a window, they are
-- told apart by these alone; the rows themselves would be read from all over the history.
create index if not exists conversations_excluded_key
    on conversations (account_id, conversation_id) include (started_at) where is_excluded;
create index if not exists conversations_excluded_by_start
    on conversations (started_at) include (account_id, conversation_id) where is_excluded;
create index if not exists conversations_source_started on conversations (source, started_at);
create index if not exists conversations_source_loaded on conversations (source, loaded_at);
-- What came in since the newest rollup is looked up at every question. PostgreSQL 18 could skip from
-- source to source of the index above; those before it would read all of it.
create index if not exists conversations_loaded on conversations (loaded_at);

create index if not exists spans_started on spans (started_at);
create index if not exists spans_failed on spans (started_at) where error_type is not null;
create index if not exists spans_account_started on spans (account_id, started_at);
create index if not exists spans_conversation
    on spans (account_id, conversation_id, started_at) where conversation_id is not null;
create index if not exists spans_loaded on spans (loaded_at);

-- The first 100,000 characters of a message are searched: PostgreSQL refuses a text index entry
-- for a body of a megabyte of different words.
create index if not exists messages_body_words
    on messages using gin (to_tsvector('simple', left(body, 100000)));

-- An index alone answers only for pages that a vacuum has seen through. Left to itself it would come to
-- a history of ten million rows when two million more are in, and the newest weeks are asked for most.
alter table conversations set (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.01
);
alter table spans set (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.01
);
