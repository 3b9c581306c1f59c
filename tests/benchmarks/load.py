"""How fast rows of the contract come in: copied, and brought up to date by key, indexes in place."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dashboard.postgres.bulk import copy_rows, upsert
from dashboard.postgres.contract import relations
from dashboard.postgres.engines import write_connection

_BATCH = 100_000
_BATCHES = 5
_RELATIONS = ("conversations", "spans", "messages")
_EPISODES = 50_000
_OF_NEWEST = sql.SQL(
    "select found.* from {} as found inner join ("
    " select account_id, conversation_id from conversations order by started_at desc limit {}"
    ") as newest using (account_id, conversation_id)"
)

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
    """The newest rows of each large relation again and again under new keys, then whole episodes.

    Each load is one transaction that is rolled back. It begins behind a checkpoint, where the first to
    touch a page logs it whole: a load of a few rows pays that for each of them, one in bulk once.
    """
    for relation in _RELATIONS:
        rows = newest(relation, _BATCH)
        if not rows:
            continue
        batches = _BATCHES if len(rows) == _BATCH else 1
        yield _rate(f"{relation}, copied", _again({relation: rows}, batches), _copy)
        yield _rate(f"{relation}, upserted, all new", _again({relation: rows}, batches), upsert)
        yield _rate(f"{relation}, upserted, nothing new", iter([(relation, rows)]), upsert)
    if whole := _newest_episodes():
        yield _rate("whole episodes, copied", _again(whole, 1), _copy)
        yield _rate("whole episodes, upserted, all new", _again(whole, 1), upsert)
    _sweep()


def _again(rows: Mapping[str, list[Row]], times: int) -> Iterator[tuple[str, list[Row]]]:
    """The same rows under keys that are not there yet."""
    for number in range(times):
        for relation, held in rows.items():
            renamed = [row | _other_keys(row, number) for row in held]
            # As an upsert puts them in: an account's rows lie together in most of the indexes.
            yield relation, sorted(renamed, key=itemgetter(*relations()[relation].key))


def _other_keys(row: Row, number: int) -> Row:
    keys = [key for key in ("conversation_id", "span_id") if row.get(key) is not None]
    return {key: f"again-{number}-{row[key]}" for key in keys}


def _newest_episodes() -> dict[str, list[Row]]:
    """What came with the newest episodes that have a transcript, by relation; empty where none has."""
    found = {
        relation: _fetched(_OF_NEWEST.format(sql.Identifier(relation), sql.Literal(_EPISODES)))
        for relation in _RELATIONS
    }
    return found if all(found.values()) else {}


def newest(relation: str, most: int) -> list[Row]:
    """The newest rows of a relation, at most `most`."""
    order = "sent_at" if relation == "messages" else "started_at"
    statement = sql.SQL("select * from {} order by {} desc limit {}").format(
        sql.Identifier(relation), sql.Identifier(order), sql.Literal(most)
    )
    return _fetched(statement)


def _fetched(statement: sql.SQL | sql.Composed) -> list[Row]:
    with write_connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement).fetchall()


def _rate(what: str, batches: Iterator[tuple[str, list[Row]]], load: Callable[..., object]) -> Rate:
    count, seconds = 0, 0.0
    with _undone() as connection:
        for relation, rows in batches:
            started = time.perf_counter()
            load(connection, relation, rows)
            seconds += time.perf_counter() - started
            count += len(rows)
    return Rate(what, count, seconds)


@contextmanager
def _undone() -> Iterator[psycopg.Connection]:
    with write_connection() as connection:
        # Where that is not ours to ask for, a load begins wherever the server stands.
        with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("checkpoint")
        yield connection
        connection.rollback()


def _sweep() -> None:
    """Clear away what was taken back: whoever measures this history next would read past it."""
    with write_connection() as connection:
        connection.autocommit = True
        for relation in _RELATIONS:
            connection.execute(sql.SQL("vacuum {}").format(sql.Identifier(relation)))


def _copy(connection: psycopg.Connection, relation: str, rows: list[Row]) -> None:
    columns = relations()[relation].columns
    names = [column.name for column in columns]
    values = (
        [
            Jsonb(row[c.name]) if c.type == "jsonb" and row[c.name] is not None else row[c.name]
            for c in columns
        ]
        for row in rows
    )
    copy_rows(connection, relation, names, values)
