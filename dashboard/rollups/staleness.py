"""Days whose sums are older than the facts: by rows loaded since, gone, or of accounts that changed."""

from datetime import UTC, datetime, timedelta

import psycopg

from dashboard.metrics.dimension_sql import dimension_query
from dashboard.metrics.dimensions import ACCOUNT_DIMENSIONS
from dashboard.postgres.statements import run_file, run_text
from dashboard.rollups.definitions import ROLLUP_GROUPS, facts_of
from dashboard.rollups.materialized import RESOLVED, ROWS
from dashboard.rollups.row_counts import RowCounts
from dashboard.rollups.rows import rebuild_accounts, recount
from dashboard.settings import settings

_COUNTED = ("episodes", "spans")
"""Rollup groups that are dirty on every day to which a row was added that materialized rows are made from."""

_OF_ACCOUNTS = {dimension.key for dimension in ACCOUNT_DIMENSIONS}
_SPLIT_BY_ACCOUNTS = facts_of(
    [g for g in ROLLUP_GROUPS if any(_OF_ACCOUNTS & {*one.dimensions} for one in g.rollups)]
)
_VERIFY_EVERY = timedelta(minutes=15)
_VERIFY_BACK = timedelta(days=35)


def note_stale_days(connection: psycopg.Connection, thorough: bool) -> int:
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
