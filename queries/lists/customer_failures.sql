-- Grain: one row per failed span of one account, of the agent or of background work.
-- Meaning: what had failed for this customer by :as_of, the nearest to :around first, at most :most.
--     Recovered as in facts/spans.sql; `recovered_at` is when that was known. Of spans inside excluded
--     conversations only those of :conversation are here.
-- Parameters: :account, :conversation, :since, :until (half-open, on the start), :as_of, :around, :most.
with failed as (
    select
        *,
        started_at + coalesce(duration_ms, 0) * interval '1 millisecond' as failed_at
    from spans
    where
        account_id = :account
        and error_type is not null
        and origin <> 'customer'
        and started_at >= cast(:since as timestamptz)
        and started_at < cast(:until as timestamptz)
        and started_at <= cast(:as_of as timestamptz)
)

select
    failed.span_id,
    failed.parent_span_id,
    failed.trace_id,
    failed.conversation_id,
    failed.origin,
    failed.operation,
    failed.system,
    failed.name,
    failed.started_at,
    failed.failed_at,
    failed.status_code,
    failed.error_type,
    left(failed.error_message, 2000) as error_message,
    (
        select min(retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond')
        from spans as retry
        where
            retry.account_id = :account
            and retry.conversation_id is not distinct from failed.conversation_id
            and retry.started_at > failed.started_at
            and (
                failed.conversation_id is not null
                or retry.started_at < failed.started_at + interval '24 hours'
            )
            and retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
            <= cast(:as_of as timestamptz)
            and retry.error_type is null
            and retry.name = failed.name
            and retry.request is not distinct from failed.request
    ) as recovered_at,
    count(*) over () as failures
from failed
where
    failed.failed_at <= cast(:as_of as timestamptz)
    and (
        failed.conversation_id is not distinct from :conversation
        or not exists (
            select 1
            from conversations
            where
                conversations.account_id = :account
                and conversations.conversation_id = failed.conversation_id
                and conversations.is_excluded
        )
    )
order by abs(extract(epoch from failed.started_at - cast(:around as timestamptz))), failed.span_id
limit :most
