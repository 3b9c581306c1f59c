"""How fast rows of the contract come in: copied, and brought up to date by key, indexes in place."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dashboard.warehouse.bulk import copy_rows, upsert
from dashboard.warehouse.contract import relations
from dashboard.warehouse.engines import write_connection

_BATCH = 100_000
_BATCHES = 5
_RELATIONS = ("conversations", "spans", "messages")
_KEY = {"conversations": "conversation_id", "spans": "span_id", "messages": "conversation_id"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Rate:
    """Rows of a relation that came in, one way, in so many seconds."""

    what: str
    rows: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.rows / self.seconds


def load_rates() -> Iterator[Rate]:
    """The newest rows of each large relation again and again under new keys; every load is rolled back.

    Each load is one transaction and begins behind a checkpoint, where the first to touch a page logs
    it whole: what a load of a few rows pays for each of them, one in bulk pays once.
    """
    for relation in _RELATIONS:
        rows = newest(relation, _BATCH)
        if not rows:
            continue
        batches = _BATCHES if len(rows) == _BATCH else 1
        yield _rate(f"{relation}, copied", _renamed(relation, rows, batches), _copy, relation)
        new = _renamed(relation, rows, batches)
        yield _rate(f"{relation}, upserted, all new", new, upsert, relation)
        yield _rate(f"{relation}, upserted, nothing new", iter([rows]), upsert, relation)


def _renamed(relation: str, rows: list[Row], batches: int) -> Iterator[list[Row]]:
    key = _KEY[relation]
    for number in range(batches):
        renamed = [row | {key: f"again-{number}-{row[key]}"} for row in rows]
        # As an upsert puts them in: an account's rows lie together in most of the indexes.
        yield sorted(renamed, key=itemgetter(*relations()[relation].key))


def newest(relation: str, most: int) -> list[Row]:
    """The newest rows of a relation, at most `most`."""
    order = "sent_at" if relation == "messages" else "started_at"
    statement = sql.SQL("select * from {} order by {} desc limit {}").format(
        sql.Identifier(relation), sql.Identifier(order), sql.Literal(most)
    )
    with write_connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement).fetchall()


def _rate(
    what: str, batches: Iterator[list[Row]], load: Callable[..., object], relation: str
) -> Rate:
    count, seconds = 0, 0.0
    with _undone() as connection:
        for rows in batches:
            started = time.perf_counter()
            load(connection, relation, rows)
            seconds += time.perf_counter() - started
            count += len(rows)
    return Rate(what, count, seconds)


@contextmanager
def _undone() -> Iterator[psycopg.Connection]:
    with write_connection() as connection:
        # A reader's server may not let us; then it begins wherever the server stands.
        with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("checkpoint")
        yield connection
        connection.rollback()


def _copy(connection: psycopg.Connection, relation: str, rows: list[Row]) -> None:
    columns = relations()[relation].columns
    names = [column.name for column in columns]
    values = (
        [Jsonb(row[c.name]) if c.type == "jsonb" and row[c.name] is not None else row[c.name]
         for c in columns]
        for row in rows
    )  # fmt: skip
    copy_rows(connection, relation, names, values)
