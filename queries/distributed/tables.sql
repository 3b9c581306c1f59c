-- Grain: one row per table that belongs on the nodes of a Citus cluster: those of the warehouse's schema,
--     and of the product's own those that have the key. A partition goes with its parent.
-- Meaning: how it lies. `kind` is 'plain' (on the coordinator alone), 'distributed', 'reference' or
--     'local' (on the coordinator, known to Citus); `distributed_by` its column and `colocation_id`
--     the group of tables whose shards lie together, both null where there is none. The first table
--     comes first, then those with the key, then the others.
-- Parameters: :schema, the warehouse's; :own_schema, the product's; :key, the column to
--     distribute by; :first, the table that the others are co-located with.
with tables as (
    select
        pg_class.oid::regclass as relation,
        format('%I.%I', pg_namespace.nspname, pg_class.relname) as name,
        pg_namespace.nspname = :schema as is_contract,
        pg_namespace.nspname = :schema and pg_class.relname = :first as is_first,
        exists(
            select 1
            from pg_attribute
            where
                pg_attribute.attrelid = pg_class.oid
                and pg_attribute.attname = :key
                and not pg_attribute.attisdropped
        ) as has_key
    from pg_class
    inner join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    where
        pg_namespace.nspname in (:schema, :own_schema)
        and pg_class.relkind in ('r', 'p')
        and not pg_class.relispartition
)

select
    tables.name,
    tables.is_first,
    tables.has_key,
    case
        when placed.logicalrelid is null then 'plain'
        when placed.partmethod = 'h' then 'distributed'
        when placed.repmodel = 't' then 'reference'
        else 'local'
    end as kind,
    column_to_column_name(placed.logicalrelid, placed.partkey) as distributed_by,
    case when placed.partmethod = 'h' then placed.colocationid end as colocation_id
from tables
left join pg_dist_partition as placed on placed.logicalrelid = tables.relation
where tables.has_key or tables.is_contract
order by tables.is_first desc, tables.has_key desc, tables.name
