-- Grain: one row per table of the current schema and per index on one, the largest first.
-- Meaning: what each holds on disk. A table's own size includes its long values and its maps.
-- Parameters: none.
with relation as (
    select
        tables.relname as table_name,
        cast(null as name) as index_name,
        pg_table_size(tables.oid) as bytes
    from pg_class as tables
    where
        tables.relnamespace = cast(current_schema() as regnamespace)
        and tables.relkind in ('r', 'm')
    union all
    select
        tables.relname as table_name,
        indexes.relname as index_name,
        pg_relation_size(indexes.oid) as bytes
    from pg_index
    inner join pg_class as tables on tables.oid = pg_index.indrelid
    inner join pg_class as indexes on indexes.oid = pg_index.indexrelid
    where tables.relnamespace = cast(current_schema() as regnamespace)
)

select
    table_name,
    index_name,
    bytes
from relation
where bytes > 0
order by table_name, index_name nulls first, bytes desc
