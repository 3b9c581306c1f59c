-- Grain: one row per day (in :time_zone) in which rows of the relation fall.
-- Meaning: how many there are, excluded ones too: fewer or more than when its sums were taken means
--     that rows were deleted, moved, or stamped by a clock that is wrong.
-- Parameters: :since, :until (half-open), :time_zone, :dated_by as in facts/episodes.sql.
with dated as (
    select started_at as dated_at
    from conversations
    where
        :dated_by = 'start'
        and started_at >= cast(:since as timestamptz)
        and started_at < cast(:until as timestamptz)
    union all
    select handoff_at
    from conversations
    where
        :dated_by = 'handoff'
        and handoff_at >= cast(:since as timestamptz)
        and handoff_at < cast(:until as timestamptz)
    union all
    select coalesce(rated_at, ended_at, started_at)
    from conversations
    where
        :dated_by = 'rating'
        and rating is not null
        and coalesce(rated_at, ended_at, started_at) >= cast(:since as timestamptz)
        and coalesce(rated_at, ended_at, started_at) < cast(:until as timestamptz)
)

select
    date_trunc('day', dated_at, :time_zone) as starts,
    count(*) as rows_seen
from dated
group by 1
