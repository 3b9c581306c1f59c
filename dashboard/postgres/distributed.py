"""Citus: tables with `account_id` are distributed by it and co-located, catalogues lie on every node.

What one customer did is then one shard's work, and a join with a catalogue never leaves a node. What
the product keeps for itself without `account_id` stays on the coordinator: nothing joins it row by row.
"""

from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from dashboard.errors import SchemaMismatch, WarehouseError
from dashboard.postgres.statements import run_file
from dashboard.settings import settings

KEY = "account_id"
_FIRST = "conversations"
_OWN_SCHEMA = "control_room"


@dataclass(frozen=True)
class Placed:
    """One table, qualified, and its `kind`: "distributed" by `account_id`, or "reference".

    `is_new`: it lay on the coordinator alone until now.
    """

    name: str
    kind: str
    is_new: bool


def distribute(connection: psycopg.Connection) -> list[Placed]:
    """Place the tables of the warehouse's schema and of the product's own; commits after each.

    Rows that are there move along. A table that lies as it should is left alone, so it is safe to
    run again. Raises `WarehouseError` where Citus is missing or refuses, and `SchemaMismatch` where
    a table is distributed some other way.
    """
    require_citus(connection)
    tables = _tables(connection)
    beside = next((table for table in tables if table.distributed_by == KEY), None)
    placed = []
    for table in tables:
        is_new = table.kind in ("plain", "local")
        if is_new:
            _place(connection, table, beside)
            beside = beside or table
        else:
            _check(table, beside)
        placed.append(Placed(table.name, "distributed" if table.has_key else "reference", is_new))
    return placed


def is_distributed(connection: psycopg.Connection) -> bool:
    """Whether the warehouse's tables lie on a Citus cluster, by account."""
    if not _has_citus(connection):
        return False
    return any(table.is_first and table.distributed_by == KEY for table in _tables(connection))


def require_citus(connection: psycopg.Connection) -> None:
    """Raises `WarehouseError` where the database is on no Citus coordinator."""
    if not _has_citus(connection):
        raise WarehouseError(
            "Citus is not installed in the warehouse's database.",
            "Run `create extension citus` in it on every node and add the workers with"
            " citus_add_node, or omit --distributed.",
        )


def _has_citus(connection: psycopg.Connection) -> bool:
    found = connection.execute("select 1 from pg_extension where extname = 'citus'").fetchone()
    return found is not None


class _Table(NamedTuple):
    """A row of `queries/distributed/tables.sql`."""

    name: str
    is_first: bool
    has_key: bool
    kind: str
    distributed_by: str | None
    colocation_id: int | None


def _tables(connection: psycopg.Connection) -> list[_Table]:
    found = run_file(
        connection,
        "distributed/tables.sql",
        schema=settings().warehouse_schema,
        own_schema=_OWN_SCHEMA,
        key=KEY,
        first=_FIRST,
    )
    connection.commit()
    return [_Table(*row) for row in found]


def _check(table: _Table, beside: _Table | None) -> None:
    is_right = (
        table.distributed_by == KEY and beside and table.colocation_id == beside.colocation_id
        if table.has_key
        else table.kind == "reference"
    )
    if not is_right:
        raise SchemaMismatch(
            f"{table.name} is distributed on Citus other than by {KEY}, co-located with the others.",
            f"Undo it with `select undistribute_table('{table.name}')`, then run this again.",
        )


def _place(connection: psycopg.Connection, table: _Table, beside: _Table | None) -> None:
    try:
        if not table.has_key:
            connection.execute("select create_reference_table(%s::regclass)", (table.name,))
        else:
            # Of the first table there is nothing to lie beside: it opens a group of its own.
            connection.execute(
                "select create_distributed_table(%s::regclass, %s, colocate_with => %s)",
                (table.name, KEY, beside.name if beside else "none"),
            )
        connection.commit()
        # What was in the table has been copied to its shards; the first copy would only lie there.
        connection.execute(
            "select truncate_local_data_after_distributing_table(%s::regclass)", (table.name,)
        )
        connection.commit()
    except psycopg.Error as error:
        raise WarehouseError(
            f"Citus did not distribute {table.name}: {error.diag.message_primary or error}.",
            "Run it as a user who owns the tables, on the coordinator.",
        ) from error
