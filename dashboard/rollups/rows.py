"""Filling the materialized rows: first a day at a time, then the accounts loaded since."""

from collections.abc import Mapping
from datetime import datetime

import psycopg
from psycopg import sql
from sqlalchemy import Select, Text, any_, bindparam, column, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from dashboard.metrics.buckets import next_start
from dashboard.metrics.dimension_sql import dimension_query
from dashboard.metrics.sql import rows_of
from dashboard.postgres.distributed import distribute, is_distributed
from dashboard.postgres.statements import run_composed, run_file
from dashboard.rollups.coverage import Day
from dashboard.rollups.definitions import END_OF_TIME, SCHEMA
from dashboard.rollups.failures import is_of_a_group
from dashboard.rollups.materialized import MATERIALIZED, ROWS, MaterializedFact
from dashboard.rollups.row_counts import RowCounts
from dashboard.scope import Scope

_MOST_ACCOUNTS = 5_000


def make_row_tables(connection: psycopg.Connection) -> None:
    """Drop and recreate every table of materialized rows, empty; on Citus distributed."""
    for kept in MATERIALIZED:
        connection.execute(sql.SQL("drop table if exists {}").format(_table(kept)))
    connection.execute(dimension_query("rollups/tables.sql"))
    if is_distributed(connection):
        distribute(connection)


def build_day(connection: psycopg.Connection, day: Day, time_zone: str) -> None:
    """Replace the rows of one day in every table, and note that it is kept."""
    scope = Scope(day.starts, day.ends, END_OF_TIME, time_zone)
    for kept in MATERIALIZED:
        connection.execute(
            sql.SQL("delete from {} where {date} >= %s and {date} < %s").format(
                _table(kept), date=sql.Identifier(kept.fact.date_column)
            ),
            (day.starts, day.ends),
        )
        _insert(connection, kept, scope)
    rows_seen = RowCounts(connection, day.starts, day.ends, time_zone).of(ROWS).total()
    connection.execute(
        "insert into control_room.rollup_days (rollup_group, starts, ends, settled_at, rows_seen)"
        " values (%s, %s, %s, %s, %s) on conflict (rollup_group, starts) do update set"
        " ends = excluded.ends, rows_seen = excluded.rows_seen, is_stale = false, built_at = now()",
        (ROWS, day.starts, day.ends, day.starts, rows_seen),
    )


def rebuild_accounts(
    connection: psycopg.Connection, loaded_since: datetime, time_zone: str
) -> set[tuple[str, datetime]]:
    """Replace the rows of the accounts of which anything was loaded since.

    Where there are too many, or a row of theirs fails, none are replaced, and the days that they touch are
    returned as stale, in the manner of dirty_days.sql.
    """
    dirty = {
        path: dict(run_file(connection, path, loaded_since=loaded_since))
        for path in {kept.dirty_path for kept in MATERIALIZED}
    }
    first = min((since for found in dirty.values() for since in found.values()), default=None)
    if max(map(len, dirty.values())) <= _MOST_ACCOUNTS:
        try:
            with connection.transaction():
                for kept in MATERIALIZED:
                    if since := dirty[kept.dirty_path]:
                        _rebuild_accounts(connection, kept, since, time_zone)
            return set()
        except psycopg.Error as error:
            if not is_of_a_group(error):
                raise
    return set(
        connection.execute(
            "select rollup_group, starts from control_room.rollup_days"
            " where rollup_group = %s and ends > %s",
            (ROWS, first),
        ).fetchall()
    )


def _rebuild_accounts(
    connection: psycopg.Connection,
    kept: MaterializedFact,
    since: Mapping[str, datetime],
    time_zone: str,
) -> None:
    first, accounts = min(since.values()), sorted(since)
    connection.execute(
        sql.SQL("delete from {} where account_id = any(%s) and {} >= %s").format(
            _table(kept), sql.Identifier(kept.fact.date_column)
        ),
        (accounts, first),
    )
    _insert(connection, kept, Scope(first, END_OF_TIME, END_OF_TIME, time_zone), accounts)


def recount(connection: psycopg.Connection, days: set[datetime], time_zone: str) -> None:
    """Note how many rows there are on `days`, to which some were added, so that none seem deleted."""
    for starts in sorted(days):
        ends = next_start(starts, "day", time_zone)
        connection.execute(
            "update control_room.rollup_days set rows_seen = %s where rollup_group = %s and starts = %s",
            (RowCounts(connection, starts, ends, time_zone).of(ROWS).total(), ROWS, starts),
        )


def _insert(
    connection: psycopg.Connection,
    kept: MaterializedFact,
    scope: Scope,
    accounts: list[str] | None = None,
) -> None:
    rows: Select = select(*map(column, kept.columns)).select_from(rows_of(kept.filling, scope))
    rows = rows.where(literal_column(kept.once or kept.condition))
    if accounts is not None:
        chosen = bindparam("accounts", accounts, type_=ARRAY(Text))
        rows = rows.where(column("account_id") == any_(chosen))
    names = sql.SQL(", ").join(map(sql.Identifier, kept.columns))
    # A row that is there was moved here from another day, and is to be replaced.
    changes = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in kept.columns
    )
    insert = sql.SQL("insert into {} ({}) {{}} on conflict ({}) do update set {}").format(
        _table(kept), names, sql.SQL(", ").join(map(sql.Identifier, kept.key_columns)), changes
    )
    run_composed(connection, insert, rows)


def _table(kept: MaterializedFact) -> sql.Identifier:
    return sql.Identifier(SCHEMA, kept.key)
