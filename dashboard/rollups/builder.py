"""Keeping the rollups up: one leader notes what was loaded, then builds the days that made dirty.

Every day is built in a transaction of its own, so a run that is killed loses at most one day and the
next run goes on from there. A day that is not built, or stale, is read from the facts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

import psycopg

from dashboard.metrics.buckets import bucket_starts, next_start
from dashboard.metrics.dimension_sql import dimension_query
from dashboard.metrics.dimensions import ACCOUNT_DIMENSIONS
from dashboard.postgres.engines import end_with_client, write_connection
from dashboard.postgres.migrations import CONTROL_ROOM, migrate
from dashboard.postgres.statements import run_file, run_text
from dashboard.rollups.coverage import Day
from dashboard.rollups.definitions import ROLLUP_GROUPS, definition, facts_of
from dashboard.rollups.group import RollupGroup
from dashboard.rollups.materialized import RESOLVED, ROWS
from dashboard.rollups.row_counts import RowCounts
from dashboard.rollups.rows import (
    build_day,
    make_row_tables,
    rebuild_accounts,
    recount,
)
from dashboard.rollups.sums import build_sums, make_tables
from dashboard.rollups.usable_days import clear_days_cache
from dashboard.settings import settings

Progress = Callable[[int, int], None]
"""Called with the days of sums built so far and those there are to build, a fact at a time."""

_COUNTED = ("episodes", "spans")
"""Rollup groups that are dirty on every day to which a row was added that materialized rows are made from."""

_OF_ACCOUNTS = {dimension.key for dimension in ACCOUNT_DIMENSIONS}
_SPLIT_BY_ACCOUNTS = facts_of(
    [g for g in ROLLUP_GROUPS if any(_OF_ACCOUNTS & {*one.dimensions} for one in g.rollups)]
)

_LEADER = 4_117_206_001
_OLDEST = timedelta(days=5 * 366)
_VERIFY_EVERY = timedelta(minutes=15)
_VERIFY_BACK = timedelta(days=35)
_REBUILD_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Done:
    """What one run did: days of sums built, a fact's at a time, and how many had become stale."""

    days: int
    stale: int


def roll_up(
    rebuild: bool = False,
    thorough: bool = True,
    at_once: bool = True,
    progress: Progress = lambda built, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Done | None:
    """Bring every rollup up to date; None where another process is at it.

    `rebuild` takes everything anew. `thorough` also counts all rows, to notice deleted ones; else
    those of the last weeks are counted once in a quarter of an hour. `at_once` builds again even
    what was built within the last minute. `stop` is asked between days. Raises
    `WarehouseUnreachable` and psycopg's errors, a missing right to write among them.
    """
    with write_connection() as connection, _leading(connection) as leads:
        if not leads:
            return None
        migrate(connection, (CONTROL_ROOM,))
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        _install(connection, rebuild)
        stale = _note(connection, thorough)
        connection.commit()
        todo = list(_todo(connection, at_once))
        connection.commit()
        time_zone = settings().reporting_time_zone
        for built, (groups, day) in enumerate(todo):
            if stop():
                return Done(built, stale)
            progress(built, len(todo))
            if groups:
                build_sums(connection, groups, day, time_zone)
            else:
                build_day(connection, day, time_zone)
            connection.commit()
        progress(len(todo), len(todo))
    clear_days_cache()
    return Done(len(todo), stale)


@contextmanager
def _leading(connection: psycopg.Connection) -> Iterator[bool]:
    """Whether this connection leads; it does so until it closes, however it ends."""
    end_with_client(connection)
    ((leads,),) = connection.execute("select pg_try_advisory_lock(%s)", (_LEADER,)).fetchall()
    connection.commit()
    yield leads


def _install(connection: psycopg.Connection, rebuild: bool) -> None:
    """Make what is missing; all of it where the definitions are others than those of the sums."""
    connection.execute(dimension_query("rollups/tables.sql"))
    time_zone = settings().reporting_time_zone
    wanted = definition(time_zone)
    held = connection.execute("select definition from control_room.rollup_state").fetchone()
    if held == (wanted,) and not rebuild:
        return
    make_tables(connection)
    make_row_tables(connection)
    connection.execute("delete from control_room.rollup_days")
    connection.execute("delete from control_room.rollup_quarters")
    ((watermark,),) = run_file(connection, "rollups/watermark.sql")
    connection.execute(
        "insert into control_room.rollup_state as held"
        " (definition, time_zone, watermark, ran_at, verified_at)"
        " values (%s, %s, %s, now(), now()) on conflict (only_one) do update set"
        " definition = excluded.definition, time_zone = excluded.time_zone,"
        " watermark = excluded.watermark, ran_at = now(), verified_at = now()",
        (wanted, time_zone, watermark),
    )
    run_text(connection, dimension_query("rollups/remember_accounts.sql"))


def _note(connection: psycopg.Connection, thorough: bool) -> int:
    """Mark the days stale that rows loaded since the watermark touch, and move the watermark on."""
    time_zone = settings().reporting_time_zone
    ((before, verified_at),) = connection.execute(
        "select watermark, verified_at from control_room.rollup_state"
    ).fetchall()
    ((watermark,),) = run_file(connection, "rollups/watermark.sql")
    dirty = set(
        run_file(
            connection,
            "rollups/dirty_days.sql",
            loaded_since=before,
            time_zone=time_zone,
            **facts_of(ROLLUP_GROUPS),
        )
    )
    recount(connection, {starts for group, starts in dirty if group in _COUNTED}, time_zone)
    dirty |= rebuild_accounts(connection, before, time_zone)
    verify = thorough or verified_at < datetime.now(UTC) - _VERIFY_EVERY
    if verify:
        since = None if thorough else datetime.now(UTC) - _VERIFY_BACK
        dirty |= _differing(connection, time_zone, since)
        dirty |= set(
            run_text(
                connection,
                dimension_query("rollups/moved_accounts.sql"),
                time_zone=time_zone,
                **_SPLIT_BY_ACCOUNTS,
            )
        )
        run_text(connection, dimension_query("rollups/remember_accounts.sql"))
    with connection.cursor() as cursor:
        cursor.executemany(
            "update control_room.rollup_days set is_stale = true where rollup_group = %s and starts = %s",
            sorted(dirty),
        )
    connection.execute(
        "update control_room.rollup_state set watermark = greatest(watermark, %s), ran_at = now(),"
        " verified_at = case when %s then now() else verified_at end",
        (watermark, verify),
    )
    return len(dirty)


def _differing(
    connection: psycopg.Connection, time_zone: str, since: datetime | None
) -> set[tuple[str, datetime]]:
    """Days, from `since` on, whose rows are more or fewer than when they were built."""
    held = connection.execute(
        "select rollup_group, starts, rows_seen from control_room.rollup_days"
        " where starts >= coalesce(%s::timestamptz, '-infinity')",
        (since,),
    ).fetchall()
    if not held:
        return set()
    days = [starts for _, starts, _ in held]
    counts = RowCounts(connection, min(days), max(days) + timedelta(days=2), time_zone)
    there = {key: counts.of(key) for key in {key for key, _, _ in held}}
    differing = {(key, starts) for key, starts, rows in held if there[key][starts] != rows}
    if gone := sorted({starts for key, starts in differing if key == ROWS}):
        back = run_file(
            connection,
            "rollups/came_back_on.sql",
            days=gone,
            time_zone=time_zone,
            rollup_groups=[ROWS, *(g.key for g in ROLLUP_GROUPS if g.kept is RESOLVED)],
        )
        differing |= set(back)
    return differing


def _todo(connection: psycopg.Connection, at_once: bool) -> Iterator[tuple[list[RollupGroup], Day]]:
    """The days to build, the newest first: those missing, and those stale; by fact.

    Without groups it is the day's rows that are to be kept.
    """
    time_zone = settings().reporting_time_zone
    ((since, until),) = run_file(connection, "rollups/history.sql")
    ((now,),) = connection.execute("select clock_timestamp()").fetchall()
    if since is None:
        return
    built = {
        (group, starts): not is_stale or (not at_once and built_at > now - _REBUILD_EVERY)
        for group, starts, is_stale, built_at in connection.execute(
            "select rollup_group, starts, is_stale, built_at from control_room.rollup_days"
        )
    }
    # A row dated years ahead is one clock's mistake, not that many days of history.
    last = min(until, now + timedelta(days=2)) + timedelta(microseconds=1)
    for starts in reversed(bucket_starts(max(since, now - _OLDEST), last, "day", time_zone)):
        ends = next_start(starts, "day", time_zone)
        due = [
            group
            for group in ROLLUP_GROUPS
            if (not group.matures_after or ends + group.matures_after <= now)
            and not built.get((group.key, starts), False)
        ]
        day = Day(starts, ends, starts)
        if not built.get((ROWS, starts), False):
            yield [], day
        for _, groups in groupby(due, key=lambda group: (group.fact.key, group.kept)):
            yield list(groups), day
