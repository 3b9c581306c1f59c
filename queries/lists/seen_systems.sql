-- Grain: one row per system that was called.
-- Meaning: how many calls of the window it had, of the agent and of background work.
-- Parameters: :since, :until (half-open, on the start), :as_of.
select
    system,
    count(*) as rows_seen
from spans
where
    origin <> 'customer'
    and started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and started_at <= cast(:as_of as timestamptz)
group by system
