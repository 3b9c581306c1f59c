"""The first fill: ninety days of history in one transaction."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
from psycopg import sql

from dashboard.errors import InvalidInput
from dashboard.postgres.bulk_indexes import drop_indexes_during_load
from dashboard.postgres.contract import relations
from dashboard.postgres.engines import write_connection
from dashboard.postgres.migrations import migrate
from dashboard.sources.demo import marker
from dashboard.sources.demo.catalog import articles_table, changes_table
from dashboard.sources.demo.company import accounts_table
from dashboard.sources.demo.day import SOURCES, generate_day
from dashboard.sources.demo.table import Table
from dashboard.sources.demo.world import World

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, from 0 to 1."""

# Share of the time after which the rows are in, and after which the indexes are built.
_ROWS, _INDEXED = 0.55, 0.95


def fill(world: World, until: datetime, progress: Progress, replace: bool = False) -> bool:
    """Fill the warehouse with `world` as it stands at `until`; False where it already holds it.

    Raises `InvalidInput` where the warehouse holds conversations that are not of this demo, or of
    another one and `replace` is not set.
    """
    with write_connection() as connection:
        migrate(connection)
        if not marker.try_lock(connection):
            raise InvalidInput(
                "Another process is writing the demo.", "Stop it first, or let it finish."
            )
        if _is_done(connection, world, replace):
            return False
        marker.begin(connection, world)
        progress("Emptying", 0.0)
        with drop_indexes_during_load(
            connection,
            lambda share: progress("Building indexes", _ROWS + (_INDEXED - _ROWS) * share),
        ):
            _copy_history(connection, world, until, progress)
        marker.reach(connection, until)
        connection.commit()
        progress("Counting for the planner", _INDEXED)
        for name in relations():
            connection.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))
            # Citus analyzes on many nodes at once, in no transaction that has written on this one.
            connection.commit()
        progress("Done", 1.0)
    return True


def _is_done(connection: psycopg.Connection, world: World, replace: bool) -> bool:
    present = marker.held(connection)
    if present and present.filled_until and not replace:
        if _is_same(present.world, world):
            return True
        raise InvalidInput(
            f"The warehouse already holds the demo of seed {present.world.seed}.",
            "Use --replace to delete it and fill again.",
        )
    if _holds_other_data(connection, is_demo=present is not None):
        raise InvalidInput(
            "The warehouse already holds data that is not of the demo.",
            "Point WAREHOUSE_URL or CONTROL_ROOM_HOME at an empty warehouse.",
        )
    return False


def _holds_other_data(connection: psycopg.Connection, is_demo: bool) -> bool:
    if is_demo:
        # What else was loaded beside the demo would be emptied with it.
        found = connection.execute(
            "select exists (select 1 from conversations where source <> all(%s))", (list(SOURCES),)
        )
    else:
        each = sql.SQL(" or ").join(
            sql.SQL("exists (select 1 from {})").format(sql.Identifier(name))
            for name in relations()
        )
        found = connection.execute(sql.SQL("select {}").format(each))
    row = found.fetchone()
    return bool(row and row[0])


def _is_same(one: World, other: World) -> bool:
    # The anchor moves with the clock; a demo filled yesterday is still the same one.
    return (one.seed, one.accounts, one.episodes, one.days) == (
        other.seed,
        other.accounts,
        other.episodes,
        other.days,
    )


def _copy_history(
    connection: psycopg.Connection, world: World, until: datetime, progress: Progress
) -> None:
    instant = as_instant(until)
    tables = ", ".join(f'"{name}"' for name in relations())
    connection.execute(f"truncate {tables}")
    last = until.astimezone(UTC).date()
    for table in (accounts_table(world), articles_table(world), changes_table(world, last)):
        _copy(connection, table.at(instant))
    days = (last - world.first_day).days + 1
    for number in range(days):
        for table in generate_day(world, world.first_day + timedelta(days=number)):
            _copy(connection, table.at(instant))
        progress("Generating", _ROWS * (number + 1) / days)


def _copy(connection: psycopg.Connection, table: Table) -> None:
    if not len(table):
        return
    # Frozen rows, into a table emptied in the same transaction: no log, and no vacuum later.
    statement = sql.SQL("copy {} ({}) from stdin with (freeze)").format(
        sql.Identifier(table.relation),
        sql.SQL(", ").join(map(sql.Identifier, table.column_names())),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(table.copy_text())


def as_instant(moment: datetime) -> np.datetime64:
    """`moment` as the generated rows count time, in UTC."""
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "ms")
