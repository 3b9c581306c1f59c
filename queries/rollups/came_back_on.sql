-- Grain: one row per rollup group, or kept rows, and day (in :time_zone) of a resolved episode whose
--     account came back on one of :days.
-- Meaning: rows of :days are gone; these days may count somebody as back who is so no more.
-- Parameters: :days, an array of the instants at which they start; :time_zone; :rollup_groups, an array of
--     those that are summed from resolved episodes, and of the key of the kept rows.
select distinct
    rollup_groups.key as rollup_group,
    date_trunc('day', resolved.started_at, :time_zone) as starts
from control_room.resolved
inner join unnest(cast(:days as timestamptz[])) as gone (starts)
    on date_trunc('day', resolved.next_episode_at, :time_zone) = gone.starts
cross join unnest(cast(:rollup_groups as text[])) as rollup_groups (key)
