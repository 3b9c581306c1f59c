"""The bulk fill: every row of a history made by PostgreSQL itself, from the SQL under `queries/bench/`."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from dashboard.errors import InvalidInput
from dashboard.postgres.bulk_indexes import drop_indexes_during_load
from dashboard.postgres.contract import relations
from dashboard.postgres.engines import write_connection
from dashboard.postgres.migrations import migrate
from dashboard.query_files import query_text
from tests.benchmarks.history import Filled, History, remember
from tests.benchmarks.query_files import BENCH_QUERIES

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done, from 0 to 1."""

_CHUNK = 250_000
"""Episodes made at a time: their scratch rows and their sorts stay in memory."""

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)


def fill(history: History, ends_at: datetime, progress: Progress) -> Filled:
    """Fill the warehouse, which must be empty, with `history` up to `ends_at`.

    One transaction: what is stopped half-way leaves nothing behind. Raises `InvalidInput` where the
    warehouse holds something, and the errors of `write_connection`.
    """
    started = time.monotonic()
    with write_connection() as connection:
        migrate(connection)
        # First: Citus creates no function in a transaction that has worked on many nodes at once.
        connection.execute(_text("prepare"))
        connection.commit()
        _refuse_unless_empty(connection)
        # Emptied, though empty, in the transaction that fills them: their rows need no log then.
        connection.execute(sql.SQL("truncate {}").format(_names()))
        with drop_indexes_during_load(
            connection, lambda share: progress("Building indexes", share)
        ):
            rows = sum(_chunks(connection, history, ends_at, progress))
        progress("Writing to disk", 0.0)
    filled = Filled(history, ends_at, rows, time.monotonic() - started)
    _settle(progress)
    remember(filled)
    progress("Filled", 1.0)
    return filled


def _refuse_unless_empty(connection: psycopg.Connection) -> None:
    each = sql.SQL(" or ").join(
        sql.SQL("exists (select 1 from {})").format(sql.Identifier(name)) for name in relations()
    )
    row = connection.execute(sql.SQL("select {}").format(each)).fetchone()
    if row and row[0]:
        raise InvalidInput(
            "The warehouse already holds data.",
            "A benchmark fills an empty one; without --here it makes its own and removes it.",
        )


def _names() -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, relations()))


def _chunks(
    connection: psycopg.Connection, history: History, ends_at: datetime, progress: Progress
) -> Iterator[int]:
    """Rows written to the contract's tables, chunk by chunk."""
    values = {
        "episodes": history.episodes,
        "weeks": history.weeks,
        "accounts": history.accounts,
        "oldest": history.episodes - history.transcripts + 1,
        "ends_at": ends_at,
    }
    for name in ("accounts", "changes"):
        yield _run(connection, name, values)
    for first in range(1, history.episodes + 1, _CHUNK):
        progress("Making episodes, calls and messages", first / history.episodes)
        last = min(first + _CHUNK - 1, history.episodes)
        connection.execute("truncate bench_episode")
        _run(connection, "episodes", {**values, "first": first, "last": last})
        for name in ("conversations", "spans", "jobs", "messages"):
            yield _run(connection, name, values)


def _run(connection: psycopg.Connection, name: str, values: Mapping[str, Any]) -> int:
    return connection.execute(_text(name), values).rowcount


def _text(name: str) -> str:
    body = _COMMENT.sub("", query_text(f"{BENCH_QUERIES}/{name}.sql")).replace("%", "%%")
    return _PARAMETER.sub(r"%(\1)s", body)


def _settle(progress: Progress) -> None:
    """What a warehouse in use has long had: counts for the planner, and pages known to be visible."""
    with write_connection() as connection:
        connection.autocommit = True
        for place, name in enumerate(relations()):
            progress("Counting for the planner", place / len(relations()))
            connection.execute(sql.SQL("vacuum (freeze, analyze) {}").format(sql.Identifier(name)))
