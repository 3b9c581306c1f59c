-- Grain: one row per quarter of an hour in which a span starts.
-- Meaning: from `settled_at` on, asking later changes nothing that is counted of these spans: all
--     have ended, their conversations have begun, and what recovers a failure has succeeded.
-- Parameters: :since, :until (half-open, on the span's start).
select
    date_bin('15 minutes', spans.started_at, timestamptz '2000-01-01 00:00+00') as starts,
    max(greatest(
        spans.started_at + coalesce(spans.duration_ms, 0) * interval '1 millisecond',
        conversations.started_at,
        case when spans.error_type is not null then (
            select min(
                retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
            )
            from spans as retry
            where
                retry.account_id = spans.account_id
                and retry.started_at > spans.started_at
                and retry.error_type is null
                and retry.name = spans.name
                and retry.request is not distinct from spans.request
                and (
                    retry.conversation_id = spans.conversation_id
                    or (
                        retry.conversation_id is null
                        and spans.conversation_id is null
                        and retry.started_at < spans.started_at + interval '24 hours'
                    )
                )
        ) end
    )) as settled_at
from spans
left join conversations
    on
        conversations.account_id = spans.account_id
        and conversations.conversation_id = spans.conversation_id
where
    spans.origin <> 'customer'
    and spans.started_at >= cast(:since as timestamptz)
    and spans.started_at < cast(:until as timestamptz)
group by 1
