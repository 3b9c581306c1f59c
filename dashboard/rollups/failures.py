"""Rollup groups that cannot be built: each stops alone, is told, and is tried again after a pause.

A group is named by its key; the materialized rows, which are filled together, by `ROWS`. Days that are not
built are read from the facts, so no figure waits for a group that fails.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from dashboard.errors import SchemaMismatch
from dashboard.postgres.read import fetch, query
from dashboard.rollups.materialized import ROWS

PAUSE = timedelta(minutes=10)
"""How long a group that failed is left alone, unless somebody asks for the rollups by hand."""

WHAT_TO_DO = (
    "Correct the metric or the rows it fails on; it is tried again every"
    f" {PAUSE // timedelta(minutes=1)} minutes, and at once by `python -m dashboard rollup`."
)

_OF_A_GROUP = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.NotSupportedError,
    psycopg.ProgrammingError,
)
"""What a statement or a row is to blame for; anything else is the server's trouble, and everybody's."""


@dataclass(frozen=True)
class RollupFailure:
    """One group that fails: `since` when, on which `day` last, and what the server said."""

    group: str
    since: datetime
    day: datetime
    message: str

    def __str__(self) -> str:
        name = "materialized rows" if self.group == ROWS else f"rollup group {self.group}"
        return (
            f"{name}: {self.message} (since {self.since:%Y-%m-%d %H:%M %Z}, on {self.day:%Y-%m-%d});"
            f" what it lacks is read from the facts. {WHAT_TO_DO}"
        )


def is_of_a_group(error: psycopg.Error) -> bool:
    """Whether another group may well be built where this one failed."""
    refused = isinstance(error, psycopg.errors.InsufficientPrivilege)
    return isinstance(error, _OF_A_GROUP) and not refused


def rollup_failures() -> list[RollupFailure]:
    """The groups that fail, by key; none where there are no rollups. The errors of `fetch` pass through."""
    try:
        rows = fetch(query("rollups/failures.sql"))
    except SchemaMismatch:
        return []
    return [RollupFailure(r["rollup_group"], r["since"], r["day"], r["message"]) for r in rows]


def failing_groups(connection: psycopg.Connection) -> dict[str, bool]:
    """The groups that fail → whether that was so lately that they are left alone."""
    rows = connection.execute(
        "select rollup_group, tried_at > now() - %s from control_room.rollup_failures", (PAUSE,)
    )
    return dict(rows.fetchall())


def record_failure(
    connection: psycopg.Connection, group: str, day: datetime, error: psycopg.Error
) -> None:
    """Keep that a group failed on a day; since when stays as it was."""
    message = error.diag.message_primary or (str(error).splitlines() or [type(error).__name__])[0]
    connection.execute(
        "insert into control_room.rollup_failures as held (rollup_group, day, message)"
        " values (%s, %s, %s) on conflict (rollup_group) do update set"
        " day = excluded.day, message = excluded.message, tried_at = now()",
        (group, day, message),
    )


def clear_failures(connection: psycopg.Connection, but: Collection[str] = ()) -> None:
    """Forget the failures of all groups `but` those that fail still."""
    connection.execute(
        "delete from control_room.rollup_failures where rollup_group <> all(%s)", (list(but),)
    )
