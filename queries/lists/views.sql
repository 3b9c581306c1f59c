-- Grain: one row per saved view, by name, at most :most.
-- Parameters: :name (null: all of them), :most.
select
    key,
    name,
    page,
    parameters,
    saved_at
from control_room.views
where cast(:name as text) is null or name = :name
order by lower(name), name
limit :most
