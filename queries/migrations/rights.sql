-- Grain: one row.
-- Meaning: whether it is kept here which migrations there are, and whether the role that asks may read it.
-- Parameters: none.
with named as (
    select
        max(pg_namespace.oid) as schema_id,
        max(pg_class.oid) as table_id
    from pg_namespace
    left join pg_class
        on pg_class.relnamespace = pg_namespace.oid
        and pg_class.relname = 'migrations'
    where pg_namespace.nspname = 'control_room'
)

select
    table_id is not null as has_table,
    table_id is not null
        and has_schema_privilege(schema_id, 'usage')
        and has_table_privilege(table_id, 'select') as may_read
from named
