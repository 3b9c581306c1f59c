-- Grain: one row per rollup group and day that is built, stale ones too.
-- Parameters: none.
select
    rollup_group,
    starts,
    ends,
    settled_at,
    rows_seen,
    is_stale
from control_room.rollup_days
order by rollup_group, starts
