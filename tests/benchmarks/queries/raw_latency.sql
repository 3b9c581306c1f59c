-- Grain: one row per system.
-- Meaning: the median and the 95th percentile of what its calls took, in milliseconds; written by hand.
-- Parameters: :since, :until (half-open, on the start).
select
    system,
    percentile_cont(array[0.5, 0.95]) within group (order by duration_ms) as milliseconds
from spans
where
    started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and origin <> 'customer'
group by system
