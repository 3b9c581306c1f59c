"""Ordered migrations: they bring the contract's tables, and the product's own, from version to version.

`queries/migrations/contract/` and `queries/migrations/control_room/` are applied in order of their number,
one transaction each, and what was applied stands in `control_room.migrations`. Where the contract is kept
by views, its schema is somebody else's: nothing is applied there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

import dashboard
from dashboard.errors import WarehouseError
from dashboard.postgres.contract import relations
from dashboard.postgres.distributed import distribute, is_distributed
from dashboard.postgres.engines import end_with_client
from dashboard.query_files import QUERIES, query_statements, query_text
from dashboard.settings import settings

CONTRACT, CONTROL_ROOM = "contract", "control_room"
PARTS = (CONTROL_ROOM, CONTRACT)
FOLDER = QUERIES / "migrations"
INIT = "`python -m dashboard init`"

Say = Callable[[str], None]
"""Takes a line about what is being waited for or was done."""

_FILE = re.compile(r"(\d{4})_(\w+)")
LOCK = "control-room contract"
_LOCK_SECONDS = 30
"""Whoever waits longer for a table makes everybody else wait behind it."""


@dataclass(frozen=True)
class Migration:
    """One file of `part`, the contract or control_room; `number` counts from 1."""

    part: str
    number: int
    name: str
    path: Path

    def __str__(self) -> str:
        return f"{self.number:04}_{self.name}"


def known(part: str) -> list[Migration]:
    """The migrations of a part, in order. Raises `ValueError` where their numbers are not 1, 2, 3, …"""
    found: list[Migration] = []
    for path in sorted((FOLDER / part).glob("*.sql")):
        match = _FILE.fullmatch(path.stem)
        if match is None or int(match[1]) != len(found) + 1:
            raise ValueError(f"{path} is not migration {len(found) + 1:04} of its folder.")
        found.append(Migration(part, len(found) + 1, match[2], path))
    return found


def schema_of(part: str) -> str:
    """The schema that the migrations of a part change."""
    return settings().warehouse_schema if part == CONTRACT else CONTROL_ROOM


def migrate(
    connection: psycopg.Connection, parts: Sequence[str] = PARTS, say: Say = lambda line: None
) -> list[Migration]:
    """Apply what is missing, in one transaction each; returns what this call applied.

    The connection must be in no transaction. Several at once wait for each other, and one that is
    killed leaves the version that it began with. Where nothing is missing no right is needed, and no
    lock taken. Tables that a migration adds are placed on Citus beside the others.

    Raises `WarehouseError` where the schema is of a newer version or a migration fails, and psycopg's
    errors for rights and the connection.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("Migrations need a connection that is in no transaction.")
    end_with_client(connection)
    done = []
    for part in parts:
        for migration in _pending(connection, part):
            if _apply(connection, migration, say):
                done.append(migration)
                say(f"{schema_of(part)}: {migration} applied.")
    connection.commit()
    if done and is_distributed(connection):
        distribute(connection)
    connection.commit()
    return done


def restore(connection: psycopg.Connection) -> None:
    """Make again what is gone of the newest version, tables and indexes; a column that is gone stays so.

    Raises as `migrate`, which comes first.
    """
    with _turn(connection, lambda line: None):
        paths = ["control_room.sql"] + ["contract.sql"] * (not holds_views(connection))
        for path in paths:
            for statement in query_statements(path):
                connection.execute(statement)


def is_stamped(connection: psycopg.Connection) -> bool:
    """Whether the contract's tables are the product's own: migrations have been applied to them.

    So they are after `init`; tables that a team keeps by itself, and views, are not.
    """
    stamped = bool(_applied(connection, CONTRACT)) and not holds_views(connection)
    connection.commit()
    return stamped


def holds_views(connection: psycopg.Connection) -> bool:
    """Whether anything of the contract is no table here, so that the schema is a team's own."""
    return not all(is_table for _, is_table in _held(connection))


def is_empty(connection: psycopg.Connection) -> bool:
    """Whether nothing of the contract is here."""
    found = _held(connection)
    connection.commit()
    return not found


def _held(connection: psycopg.Connection) -> list[tuple[str, bool]]:
    found = connection.execute(query_text("migrations/relations.sql")).fetchall()
    return [(name, is_table) for name, is_table in found if name in relations()]


def _applied(connection: psycopg.Connection, part: str) -> dict[int, str]:
    """Number → version that applied it; nothing where the tables are gone, whatever is written."""
    if not _has_state(connection) or (part == CONTRACT and not _held(connection)):
        return {}
    rows = connection.execute(query_text("migrations/applied.sql")).fetchall()
    return {number: version for schema, number, _, version in rows if schema == schema_of(part)}


def _has_state(connection: psycopg.Connection) -> bool:
    ((has_table, _),) = connection.execute(query_text("migrations/rights.sql")).fetchall()
    return has_table


def _pending(connection: psycopg.Connection, part: str) -> list[Migration]:
    if part == CONTRACT and holds_views(connection):
        return []
    applied = _applied(connection, part)
    if newer := newer_than_known(part, applied):
        raise WarehouseError(newer, "Upgrade Control Room; nothing was changed.")
    return [migration for migration in known(part) if migration.number not in applied]


def newer_than_known(part: str, applied: dict[int, str]) -> str | None:
    """A sentence where a schema has migrations that are not known here; `applied`: number → version."""
    newest = max(applied, default=0)
    if newest <= len(known(part)):
        return None
    return (
        f"Schema {schema_of(part)} is at migration {newest:04}, of Control Room {applied[newest]};"
        f" this one, {dashboard.__version__}, knows {len(known(part)):04} as the newest."
    )


def _apply(connection: psycopg.Connection, migration: Migration, say: Say) -> bool:
    """False where another process has applied it meanwhile."""
    schema = schema_of(migration.part)
    with _turn(connection, say):
        for name in dict.fromkeys((CONTROL_ROOM, schema)):
            _make_schema(connection, name)
        if not _has_state(connection):
            for statement in query_statements("migrations/applied_table.sql"):
                connection.execute(statement)
        applied = _applied(connection, migration.part)
        if migration.number in applied:
            return False
        if not applied:
            # What was written of tables that are gone would stand for those that come.
            connection.execute(
                "delete from control_room.migrations where schema_name = %s", (schema,)
            )
        with _named(migration):
            for statement in query_statements(migration.path):
                connection.execute(statement)
        connection.execute(
            "insert into control_room.migrations (schema_name, number, name, product_version)"
            " values (%s, %s, %s, %s)",
            (schema, migration.number, migration.name, dashboard.__version__),
        )
    return True


@contextmanager
def _turn(connection: psycopg.Connection, say: Say) -> Iterator[None]:
    """A transaction that one process has at a time."""
    connection.commit()
    with connection.transaction():
        # "If not exists" alone lets two that look at the same moment both create, and one fail.
        ((is_free,),) = connection.execute(
            "select pg_try_advisory_xact_lock(hashtext(%s))", (LOCK,)
        ).fetchall()
        if not is_free:
            say("Another process changes the warehouse's tables; waiting for it.")
            connection.execute("select pg_advisory_xact_lock(hashtext(%s))", (LOCK,))
        connection.execute(f"set local lock_timeout = '{_LOCK_SECONDS}s'")
        yield


def _make_schema(connection: psycopg.Connection, name: str) -> None:
    # "If not exists" asks for the right to create in the database even where it is there.
    there = connection.execute("select 1 from pg_namespace where nspname = %s", (name,)).fetchone()
    if not there:
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(name)))


@contextmanager
def _named(migration: Migration) -> Iterator[None]:
    try:
        yield
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
        raise
    except psycopg.errors.LockNotAvailable as error:
        raise WarehouseError(
            f"Migration {migration} waited {_LOCK_SECONDS} s for a table that others use;"
            " nothing of it was applied.",
            f"Run {INIT} again when nobody loads or reads for longer than that.",
        ) from error
    except psycopg.Error as error:
        if error.sqlstate is None or error.sqlstate.startswith(("08", "57")):
            raise
        what = error.diag.message_primary or str(error)
        raise WarehouseError(
            f"Migration {migration} of schema {schema_of(migration.part)} failed: {what}."
            " Nothing of it was applied.",
            "Run `python -m dashboard check`; it names where the tables differ from the contract.",
        ) from error
