"""What a database's schemas are made of, to compare two of them: all but the order of the columns."""

import psycopg

_COLUMNS = """
    select
        nspname, relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
        pg_get_expr(adbin, adrelid)
    from pg_attribute
    inner join pg_class on pg_class.oid = attrelid
    inner join pg_namespace on pg_namespace.oid = relnamespace
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where nspname = any(%(schemas)s) and relkind in ('r', 'p') and attnum > 0 and not attisdropped
"""
_INDEXES = """
    select schemaname, tablename, indexdef
    from pg_indexes
    where schemaname = any(%(schemas)s)
"""
_CONSTRAINTS = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(pg_constraint.oid)
    from pg_constraint
    inner join pg_namespace on pg_namespace.oid = connamespace
    where nspname = any(%(schemas)s)
"""
_TABLES = """
    select nspname, relname, relkind, reloptions, relacl::text
    from pg_class
    inner join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = any(%(schemas)s)
"""


def catalogue(url: str, *schemas: str) -> set[str]:
    """Columns, indexes, constraints and tables of `schemas`, a line each."""
    asked = {"schemas": list(schemas or ("support", "control_room"))}
    parts = {
        "column": _COLUMNS,
        "index": _INDEXES,
        "constraint": _CONSTRAINTS,
        "table": _TABLES,
    }
    with psycopg.connect(url) as connection:
        return {
            f"{name} {row}"
            for name, statement in parts.items()
            for row in connection.execute(statement, asked).fetchall()
        }
