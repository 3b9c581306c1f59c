-- Which migrations a schema has, one row each: made before the first of them, as control_room.sql has it.
create table if not exists control_room.migrations (
    schema_name text not null,       -- the contract's, or control_room
    number integer not null,
    name text not null,
    applied_at timestamptz not null default now(),
    product_version text not null,   -- of the Control Room that applied it
    primary key (schema_name, number)
);

-- Whoever may use the schema may know what is missing in it.
grant select on control_room.migrations to public;
