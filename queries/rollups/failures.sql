-- Grain: one row per rollup group that cannot be built.
-- Parameters: none.
select
    rollup_group,
    since,
    day,
    message
from control_room.rollup_failures
order by rollup_group
