-- Grain: one row per span of one trace of one account whose result was known by :as_of, at most :most.
-- Meaning: what a waterfall draws, whoever ran the span; its request and response are in
--     lists/span_payload.sql. A failure is recovered as in facts/spans.sql.
-- Parameters: :account, :trace, :as_of, :most.
with span as (
    select
        *,
        started_at + coalesce(duration_ms, 0) * interval '1 millisecond' as known_at
    from spans
    where
        account_id = :account
        and trace_id = :trace
        and started_at <= cast(:as_of as timestamptz)
)

select
    span.span_id,
    span.parent_span_id,
    span.conversation_id,
    span.origin,
    span.operation,
    span.system,
    span.name,
    span.started_at,
    span.duration_ms,
    span.status_code,
    span.error_type,
    left(span.error_message, 2000) as error_message,
    count(*) over () as spans,
    case when span.error_type is not null then (
        select min(retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond')
        from spans as retry
        where
            retry.account_id = :account
            and retry.conversation_id is not distinct from span.conversation_id
            and retry.started_at > span.started_at
            and (
                span.conversation_id is not null
                or retry.started_at < span.started_at + interval '24 hours'
            )
            and retry.started_at + coalesce(retry.duration_ms, 0) * interval '1 millisecond'
            <= cast(:as_of as timestamptz)
            and retry.error_type is null
            and retry.name = span.name
            and retry.request is not distinct from span.request
    ) end as recovered_at
from span
where span.known_at <= cast(:as_of as timestamptz)
order by span.error_type is null, span.started_at, span.span_id
limit :most
