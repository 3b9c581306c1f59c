-- Grain: one row per index of a table in the first schema on the search path.
-- Meaning: its table, and whether it answers: one whose building broke off is there and does not.
-- Parameters: none.
select
    tables.relname as relation,
    indexes.relname as index_name,
    pg_index.indisvalid as is_valid
from pg_index
inner join pg_class as indexes on indexes.oid = pg_index.indexrelid
inner join pg_class as tables on tables.oid = pg_index.indrelid
inner join pg_namespace on pg_namespace.oid = tables.relnamespace
where pg_namespace.nspname = current_schema()
