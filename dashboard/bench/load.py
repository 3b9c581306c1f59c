"""How fast rows of the contract come in: copied, and brought up to date by key, indexes in place."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

MOST_ROWS = 100_000
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
    """The newest rows of each large relation once more under new keys; every load is rolled back."""
    for relation in _RELATIONS:
        rows = newest(relation, MOST_ROWS)
        if not rows:
            continue
        renamed = [row | {_KEY[relation]: f"again-{row[_KEY[relation]]}"} for row in rows]
        # As an upsert puts them in: an account's rows lie together in most of the indexes.
        renamed.sort(key=itemgetter(*relations()[relation].key))
        yield _rate(f"{relation}, copied", renamed, _copy, relation)
        yield _rate(f"{relation}, upserted, all new", renamed, upsert, relation)
        yield _rate(f"{relation}, upserted, nothing new", rows, upsert, relation)


def newest(relation: str, most: int) -> list[Row]:
    """The newest rows of a relation, at most `most`."""
    order = "sent_at" if relation == "messages" else "started_at"
    statement = sql.SQL("select * from {} order by {} desc limit {}").format(
        sql.Identifier(relation), sql.Identifier(order), sql.Literal(most)
    )
    with write_connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement).fetchall()


def _rate(what: str, rows: list[Row], load: Callable[..., object], relation: str) -> Rate:
    with _undone() as connection:
        started = time.perf_counter()
        load(connection, relation, rows)
        return Rate(what, len(rows), time.perf_counter() - started)


@contextmanager
def _undone() -> Iterator[psycopg.Connection]:
    with write_connection() as connection:
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
