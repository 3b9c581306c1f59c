-- Grain: one row per table, view or foreign table of the first schema on the search path.
-- Meaning: what is called so there, and whether it is a table that PostgreSQL itself holds, which alone
--     can be given columns and indexes.
-- Parameters: none.
select
    pg_class.relname as relation,
    pg_class.relkind in ('r', 'p') as is_table
from pg_class
inner join pg_namespace on pg_namespace.oid = pg_class.relnamespace
where
    pg_namespace.nspname = current_schema()
    and pg_class.relkind in ('r', 'p', 'v', 'm', 'f')
