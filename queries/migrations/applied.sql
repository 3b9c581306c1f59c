-- Grain: one row per migration that a schema has, in order.
-- Meaning: what was applied to it, and by which version of Control Room.
-- Parameters: none.
select
    schema_name,
    number,
    name,
    product_version
from control_room.migrations
order by schema_name, number
