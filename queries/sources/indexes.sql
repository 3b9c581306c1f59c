-- Grain: one row per index of a table in the current schema.
-- Meaning: how to drop it, and how to build it again as it was. The index behind a primary key or
--     another constraint comes and goes with the constraint.
with index_and_constraint as (
    select
        tables.relname as table_name,
        tables.oid::regclass as qualified_table,
        classes.oid::regclass as qualified_index,
        quote_ident(constraints.conname) as constraint_name,
        pg_get_indexdef(classes.oid) as index_definition,
        pg_get_constraintdef(constraints.oid) as constraint_definition
    from pg_index
    inner join pg_class as classes on classes.oid = pg_index.indexrelid
    inner join pg_class as tables on tables.oid = pg_index.indrelid
    left join pg_constraint as constraints
        on constraints.conindid = classes.oid and constraints.contype in ('p', 'u', 'x')
    where tables.relnamespace = current_schema()::regnamespace
)

select
    table_name,
    case
        when constraint_name is null then format('drop index %s', qualified_index)
        else format('alter table %s drop constraint %s', qualified_table, constraint_name)
    end as to_drop,
    case
        when constraint_name is null then index_definition
        else format(
            'alter table %s add constraint %s %s',
            qualified_table, constraint_name, constraint_definition
        )
    end as to_create
from index_and_constraint
