-- Grain: one row per instant and account that was at risk at that instant.
-- Meaning: a snapshot. The account had a failure in the 24 hours before, not recovered, an episode
--     that was open or resolved in the last 7 days, and had not asked for a human since the failure.
--     The newest failure and the newest such episode stand on the row.
-- Parameters: :instants, an array of timestamptz, the earliest first; each is its own as_of.
with failed as (
    select
        instant.at,
        spans.account_id,
        spans.span_id,
        spans.trace_id,
        spans.system,
        spans.name,
        spans.origin,
        spans.error_type,
        spans.started_at as failed_at
    from unnest(cast(:instants as timestamptz[])) as instant (at)
    inner join spans
        on
            spans.error_type is not null
            and spans.origin <> 'customer'
            -- Said twice, here and below: from the first instant itself the planner knows how few rows
            -- there are; from a row of it, it expects a ninth of the history and reads all of it.
            and spans.started_at > (cast(:instants as timestamptz[]))[1] - interval '24 hours'
            and spans.started_at > instant.at - interval '24 hours'
            and spans.started_at <= instant.at
            and spans.started_at + coalesce(spans.duration_ms, 0) * interval '1 millisecond'
            <= instant.at
    where
        -- Of a failed span and its failed children, the outermost stands for all.
        not (
            -- An aggregate, not exists(): it is looked up by key, where an anti join reads every failure.
            select
                coalesce(bool_or(
                    outer_span.error_type is not null
                    and outer_span.origin <> 'customer'
                    and outer_span.started_at
                    + coalesce(outer_span.duration_ms, 0) * interval '1 millisecond'
                    <= instant.at
                ), false)
            from spans as outer_span
            where
                outer_span.account_id = spans.account_id
                and outer_span.span_id = spans.parent_span_id
        )
        and not exists (
            select 1
            from spans as retry
            where
                retry.account_id = spans.account_id
                and retry.conversation_id is not distinct from spans.conversation_id
                and retry.started_at > spans.started_at
                and retry.started_at > (cast(:instants as timestamptz[]))[1] - interval '24 hours'
                and retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
                <= instant.at
                and retry.error_type is null
                and retry.name = spans.name
                and retry.request is not distinct from spans.request
        )
        and not exists (
            select 1
            from conversations as asked
            where
                asked.account_id = spans.account_id
                and asked.handoff_at >= spans.started_at
                and asked.handoff_at > (cast(:instants as timestamptz[]))[1] - interval '24 hours'
                and asked.handoff_at <= instant.at
                and asked.started_at <= instant.at
                and not asked.is_excluded
        )
        and not exists (
            select 1
            from conversations as excluded
            where
                excluded.account_id = spans.account_id
                and excluded.conversation_id = spans.conversation_id
                and excluded.started_at <= instant.at
                and excluded.is_excluded
        )
),

newest_failure as (
    select distinct on (at, account_id) *
    from failed
    order by at, account_id, failed_at desc, span_id
)

select
    newest_failure.*,
    episode.conversation_id,
    episode.source,
    episode.channel,
    episode.language,
    episode.topic,
    episode.agent_version,
    -- per dimension of conversations: episode.{column},
    -- per dimension of accounts: case
    --     when accounts.account_id is not null then {sql}
    -- end as {column},
    accounts.plan,
    accounts.monthly_revenue
from newest_failure
inner join lateral (
    -- The newest, by account_id and not by a limit: so Citus may look for it on its own shard.
    select distinct on (conversations.account_id)
        -- per dimension of conversations: {sql} as {column},
        conversations.*
    from conversations
    where
        conversations.account_id = newest_failure.account_id
        and conversations.started_at <= newest_failure.at
        and not conversations.is_excluded
        and (
            conversations.first_human_reply_at is null
            or conversations.first_human_reply_at > newest_failure.at
        )
        and (conversations.handoff_at is null or conversations.handoff_at > newest_failure.at)
        -- Follows from the rest; said for the index, which knows no "or".
        and coalesce(conversations.ended_at, 'infinity') > newest_failure.at - interval '7 days'
        and (
            conversations.ended_at is null
            or conversations.ended_at > newest_failure.at
            or (
                conversations.ended_at > newest_failure.at - interval '7 days'
                and conversations.first_ai_reply_at <= newest_failure.at
                and conversations.closing_signal in ('confirmed', 'silent')
            )
        )
    order by
        conversations.account_id,
        -- Not the plain column: its index would be followed back through all of an account's history.
        conversations.started_at + interval '0 seconds' desc,
        conversations.conversation_id
) as episode on episode.account_id = newest_failure.account_id
left join accounts on accounts.account_id = newest_failure.account_id
