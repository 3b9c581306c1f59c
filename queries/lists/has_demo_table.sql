-- Grain: one row.
-- Meaning: whether the product's own schema exists here and may be read.
select coalesce(
    has_table_privilege(to_regclass('control_room.demo'), 'select'), false
) as has_demo_table
