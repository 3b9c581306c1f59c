-- Grain: one row where the span was known by :as_of.
-- Meaning: its request and response as formatted JSON, cut where they are long, and what it cost.
-- Parameters: :account, :span, :as_of, :longest (characters of a payload).
select
    left(jsonb_pretty(request), :longest) as request,
    length(jsonb_pretty(request)) as request_characters,
    left(jsonb_pretty(response), :longest) as response,
    length(jsonb_pretty(response)) as response_characters,
    input_tokens,
    output_tokens,
    cost_usd
from spans
where
    account_id = :account
    and span_id = :span
    and started_at + coalesce(duration_ms, 0) * interval '1 millisecond'
    <= cast(:as_of as timestamptz)
