-- Grain: one row per family of sums and day that is built, stale ones too.
-- Parameters: none.
select
    family,
    starts,
    ends,
    settled_at,
    is_stale
from control_room.rollup_days
order by family, starts
