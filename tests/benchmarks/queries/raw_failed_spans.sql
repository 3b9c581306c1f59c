-- Grain: one row per day (UTC) and system.
-- Meaning: spans and failed spans, excluded conversations left in; written by hand.
-- Parameters: :since, :until (half-open, on the start).
select
    date_trunc('day', started_at) as day,
    system,
    count(*) as spans,
    count(error_type) as failed
from spans
where
    started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and origin <> 'customer'
group by 1, 2
