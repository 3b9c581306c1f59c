-- Grain: one row.
-- Meaning: whether the role that asks may read the saved views, and whether it may write them, which
-- where there is no table yet means making one.
with named as (
    select
        max(pg_namespace.oid) as schema_id,
        max(pg_class.oid) as table_id
    from pg_namespace
    left join pg_class
        on pg_class.relnamespace = pg_namespace.oid
        and pg_class.relname = 'views'
    where pg_namespace.nspname = 'control_room'
)

select
    table_id is not null
        and has_schema_privilege(schema_id, 'usage')
        and has_table_privilege(table_id, 'select') as may_read,
    case
        when current_setting('transaction_read_only') = 'on' then false
        when table_id is not null then
            has_schema_privilege(schema_id, 'usage')
            and has_table_privilege(table_id, 'select')
            and has_table_privilege(table_id, 'insert')
            and has_table_privilege(table_id, 'update')
            and has_table_privilege(table_id, 'delete')
        when schema_id is not null then has_schema_privilege(schema_id, 'create')
        else has_database_privilege(current_database(), 'create')
    end as may_write
from named
