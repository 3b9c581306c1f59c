-- Grain: one row per day (in :time_zone) in which spans start.
-- Meaning: as in counted_conversations.sql.
-- Parameters: :since, :until (half-open), :time_zone.
select
    date_trunc('day', started_at, :time_zone) as starts,
    count(*) as rows_seen
from spans
where
    started_at >= cast(:since as timestamptz)
    and started_at < cast(:until as timestamptz)
group by 1
