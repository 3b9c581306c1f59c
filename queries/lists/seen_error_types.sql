-- Grain: one row per error type that failed calls had.
-- Meaning: how many calls of the window failed with it, of the agent and of background work.
-- Parameters: :since, :until (half-open, on the start), :as_of.
select
    error_type,
    count(*) as rows_seen
from spans
where
    error_type is not null
    and origin <> 'customer'
    and started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
    and started_at <= cast(:as_of as timestamptz)
group by error_type
