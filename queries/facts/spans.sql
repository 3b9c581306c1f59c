-- Grain: one row per span of the agent or of background work. A span that the customer's own
--     device ran is no API call of ours; one inside an excluded conversation is left out too.
-- Meaning: the span once its result was known, at its end. A failure is recovered when a success
--     of the same name and request follows: within the episode, or for background work within
--     24 hours for the same account.
-- Parameters: :since, :until (half-open, on the span's start), :as_of.
with span as (
    select
        *,
        started_at + coalesce(duration_ms, 0) * interval '1 millisecond' as known_at
    from spans
    where
        origin <> 'customer'
        and started_at >= cast(:since as timestamptz)
        and started_at < cast(:until as timestamptz)
        and started_at <= cast(:as_of as timestamptz)
),

known as (
    select span.*
    from span
    where
        span.known_at <= cast(:as_of as timestamptz)
        and not exists (
            select 1
            from conversations
            where
                conversations.account_id = span.account_id
                and conversations.conversation_id = span.conversation_id
                and conversations.started_at <= cast(:as_of as timestamptz)
                and conversations.is_excluded
        )
),

judged as (
    select
        known.*,
        known.error_type is not null as is_failed,
        case
            when known.error_type is null then false
            when known.conversation_id is not null then exists (
                select 1
                from spans as retry
                where
                    retry.account_id = known.account_id
                    and retry.conversation_id = known.conversation_id
                    and retry.started_at > known.started_at
                    and retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
                    <= cast(:as_of as timestamptz)
                    and retry.error_type is null
                    and retry.name = known.name
                    and retry.request is not distinct from known.request
            )
            else exists (
                select 1
                from spans as retry
                where
                    retry.account_id = known.account_id
                    and retry.conversation_id is null
                    and retry.started_at > known.started_at
                    and retry.started_at < known.started_at + interval '24 hours'
                    and retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
                    <= cast(:as_of as timestamptz)
                    and retry.error_type is null
                    and retry.name = known.name
                    and retry.request is not distinct from known.request
            )
        end as is_recovered
    from known
)

select
    judged.account_id,
    judged.span_id,
    judged.trace_id,
    judged.parent_span_id,
    judged.conversation_id,
    judged.origin,
    judged.operation,
    judged.system,
    judged.name,
    judged.started_at,
    judged.duration_ms,
    judged.status_code,
    judged.error_type,
    judged.error_message,
    judged.is_failed,
    judged.is_recovered,
    judged.is_failed and not judged.is_recovered as is_unrecovered,
    conversations.source,
    conversations.channel,
    conversations.language,
    conversations.topic,
    conversations.agent_version,
    accounts.plan
from judged
left join conversations
    on
        conversations.account_id = judged.account_id
        and conversations.conversation_id = judged.conversation_id
        -- A call may come before its conversation; until that starts, nothing is known of it.
        and conversations.started_at <= cast(:as_of as timestamptz)
left join accounts on accounts.account_id = judged.account_id
