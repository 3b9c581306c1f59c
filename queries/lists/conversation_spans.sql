-- Grain: one row per span of one conversation whose result was known by :as_of, at most :most.
-- Meaning: a call with its request and response as formatted JSON, cut where they are long. A failure
--     is recovered when a success of the same name and request follows, as in facts/spans.sql.
-- Parameters: :account, :conversation, :as_of, :longest (characters of a payload), :budget (characters of
--     all requests, and of all responses, though never fewer than 500 each), :most (rows).
with span as (
    select
        *,
        started_at + coalesce(duration_ms, 0) * interval '1 millisecond' as known_at
    from spans
    where
        account_id = :account
        and conversation_id = :conversation
        and started_at <= cast(:as_of as timestamptz)
),

known as (
    select
        *,
        cast(
            greatest(500, least(:longest, cast(:budget as bigint) / count(*) over ())) as integer
        ) as shown,
        count(*) over () as spans
    from span
    where known_at <= cast(:as_of as timestamptz)
)

select
    span.span_id,
    span.trace_id,
    span.parent_span_id,
    span.origin,
    span.operation,
    span.system,
    span.name,
    span.started_at,
    span.known_at,
    span.duration_ms,
    span.status_code,
    span.error_type,
    left(span.error_message, span.shown) as error_message,
    left(jsonb_pretty(span.request), span.shown) as request,
    length(jsonb_pretty(span.request)) as request_characters,
    left(jsonb_pretty(span.response), span.shown) as response,
    length(jsonb_pretty(span.response)) as response_characters,
    span.input_tokens,
    span.output_tokens,
    span.cost_usd,
    span.spans,
    case when span.error_type is not null then (
        select min(retry.known_at)
        from span as retry
        where
            retry.started_at > span.started_at
            and retry.known_at <= cast(:as_of as timestamptz)
            and retry.error_type is null
            and retry.name = span.name
            and retry.request is not distinct from span.request
    ) end as recovered_at
from known as span
order by span.started_at, span.span_id
limit :most
