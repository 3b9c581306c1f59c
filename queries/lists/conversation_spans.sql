-- Grain: one row per span of one conversation whose result was known by :as_of, at most :most.
-- Meaning: a call with its request and response as formatted JSON, cut where they are long. A failure
--     is recovered when a success of the same name and request follows, as in facts/spans.sql.
-- Parameters: :account, :conversation, :as_of, :longest (characters of a payload), :most (rows).
with span as (
    select
        *,
        started_at + coalesce(duration_ms, 0) * interval '1 millisecond' as known_at
    from spans
    where
        account_id = :account
        and conversation_id = :conversation
        and started_at <= cast(:as_of as timestamptz)
)

select
    span.span_id,
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
    left(span.error_message, :longest) as error_message,
    left(jsonb_pretty(span.request), :longest) as request,
    length(jsonb_pretty(span.request)) as request_characters,
    left(jsonb_pretty(span.response), :longest) as response,
    length(jsonb_pretty(span.response)) as response_characters,
    span.input_tokens,
    span.output_tokens,
    span.cost_usd,
    count(*) over () as spans,
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
from span
where span.known_at <= cast(:as_of as timestamptz)
order by span.started_at, span.span_id
limit :most
