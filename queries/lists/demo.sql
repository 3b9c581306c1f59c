-- Grain: one row where the warehouse holds generated data, else none.
select
    seed,
    anchor
from control_room.demo
