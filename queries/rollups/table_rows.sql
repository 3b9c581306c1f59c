-- Grain: one row per table of the product's own schema.
-- Meaning: how many rows PostgreSQL thinks that it has; less than 0 where it has not counted yet.
-- Parameters: none.
select
    relname as table_name,
    cast(reltuples as double precision) as row_count
from pg_class
where
    relnamespace = to_regnamespace('control_room')
    and relkind = 'r'
