"""Keeping the rollups up: one leader notes what was loaded, then builds the days that made dirty.

Every day is built in a transaction of its own, so a run that is killed loses at most one day and the
next run goes on from there. A day that is not built, or stale, is read from the facts.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import psycopg

from dashboard.metrics.buckets import bucket_starts, next_start
from dashboard.metrics.dimension_sql import dimension_query
from dashboard.postgres.engines import end_with_client, write_connection
from dashboard.postgres.migrations import CONTROL_ROOM, migrate
from dashboard.postgres.statements import run_file, run_text
from dashboard.rollups.coverage import Day
from dashboard.rollups.definitions import ROLLUP_GROUPS, definition
from dashboard.rollups.failures import (
    RollupFailure,
    clear_failures,
    failing_groups,
    is_of_a_group,
    record_failure,
    rollup_failures,
)
from dashboard.rollups.group import RollupGroup
from dashboard.rollups.materialized import ROWS
from dashboard.rollups.rows import (
    build_day,
    make_row_tables,
)
from dashboard.rollups.staleness import note_stale_days
from dashboard.rollups.sums import build_sums, make_tables
from dashboard.rollups.usable_days import clear_days_cache
from dashboard.settings import settings

Progress = Callable[[int, int], None]
"""Called with the days of sums built so far and those there are to build, a fact at a time."""

_LEADER = 4_117_206_001
_OLDEST = timedelta(days=5 * 366)
_REBUILD_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Done:
    """What one run did: days of sums built, a fact's at a time, and how many had become stale.

    `failures`: the groups that could not be built, in this run or shortly before.
    """

    days: int
    stale: int
    failures: Sequence[RollupFailure] = ()


def roll_up(
    rebuild: bool = False,
    thorough: bool = True,
    at_once: bool = True,
    progress: Progress = lambda built, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Done | None:
    """Bring every rollup up to date; None where another process is at it.

    `rebuild` recomputes everything. `thorough` also counts all rows, to notice deleted ones; else
    those of the last weeks are counted once in a quarter of an hour. `at_once` builds again even
    what was built within the last minute, and what failed within the last ten. `stop` is asked between
    days. A group that fails is left out from then on, and told in the answer.
    Raises `WarehouseUnreachable` and psycopg's errors, a missing right to write among them.
    """
    with write_connection() as connection, _leading(connection) as leads:
        if not leads:
            return None
        migrate(connection, (CONTROL_ROOM,))
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        _install(connection, rebuild)
        stale = note_stale_days(connection, thorough)
        connection.commit()
        failing = failing_groups(connection)
        failed = set() if at_once else {group for group, paused in failing.items() if paused}
        todo = list(_todo(connection, at_once, again=failing.keys() - failed))
        connection.commit()
        time_zone = settings().reporting_time_zone
        for built, (groups, day) in enumerate(todo):
            if stop():
                return Done(built, stale)
            progress(built, len(todo))
            _build(connection, groups, day, time_zone, failed)
        clear_failures(connection, but=failed)
        connection.commit()
        progress(len(todo), len(todo))
    clear_days_cache()
    return Done(len(todo), stale, rollup_failures())


def _build(
    connection: psycopg.Connection,
    groups: Sequence[RollupGroup],
    day: Day,
    time_zone: str,
    failed: set[str],
) -> None:
    """Build a day of `groups`, or of the materialized rows, but of none that `failed`; add those that do."""
    # Sums of materialized rows are taken from these: where the rows fail, they would count too few.
    wanted = [g for g in groups if g.key not in failed and not (g.kept and ROWS in failed)]
    keys = [group.key for group in wanted] if groups else [ROWS]
    if not set(keys) - failed:
        return
    try:
        if groups:
            build_sums(connection, wanted, day, time_zone)
        else:
            build_day(connection, day, time_zone)
        connection.commit()
    except psycopg.Error as error:
        connection.rollback()
        if not is_of_a_group(error):
            raise
        if len(wanted) > 1:
            for group in wanted:
                _build(connection, [group], day, time_zone, failed)
            return
        failed.add(keys[0])
        record_failure(connection, keys[0], day.starts, error)
        connection.commit()


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
    clear_failures(connection)
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


def _todo(
    connection: psycopg.Connection, at_once: bool, again: Collection[str]
) -> Iterator[tuple[list[RollupGroup], Day]]:
    """The days to build, the newest first: those missing, and those stale; by fact.

    Without groups it is the day's rows that are to be kept. Of the groups that are tried `again` all days
    are due that are not built: else they would be taken to work before they were.
    """
    time_zone = settings().reporting_time_zone
    ((since, until),) = run_file(connection, "rollups/history.sql")
    ((now,),) = connection.execute("select clock_timestamp()").fetchall()
    if since is None:
        return
    built = {
        (group, starts): not is_stale
        or (not at_once and group not in again and built_at > now - _REBUILD_EVERY)
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
