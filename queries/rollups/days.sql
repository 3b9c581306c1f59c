-- Grain: one row per family of sums and day that is built and not stale.
-- Parameters: none.
select
    family,
    starts,
    ends,
    settled_at
from control_room.rollup_days
where not is_stale
order by family, starts
