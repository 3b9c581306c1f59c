-- Grain: one row per hour.
-- Meaning: handoffs; written by hand.
-- Parameters: :since, :until (half-open, on the handoff).
select
    date_trunc('hour', handoff_at) as hour,
    count(*) as escalations
from conversations
where
    handoff_at >= cast(:since as timestamptz)
    and handoff_at < cast(:until as timestamptz)
    and not is_excluded
group by 1
