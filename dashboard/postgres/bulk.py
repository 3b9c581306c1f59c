"""Bulk loads: COPY into a scratch table, then one upsert, so that loading twice changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from dashboard.errors import InvalidInput
from dashboard.postgres.contract import Relation
from dashboard.postgres.incoming import (
    IncomingRows,
    Row,
    Values,
    lacking,
    relation_named,
    stored,
)
from dashboard.postgres.upsert_sql import column_list, merge_statement, same_key, update_statement

Progress = Callable[[int], None]
"""Called with the number of rows copied since the last call."""

_REPORT_EVERY = 5_000


@dataclass(frozen=True)
class Loaded:
    """Rows of one load, by what became of them."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )


def copy_rows(
    connection: psycopg.Connection,
    relation: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    progress: Progress | None = None,
) -> int:
    """COPY `rows` (values in the order of `columns`) into `relation`; returns how many.

    For rows known to be new. A dict for a jsonb column must already be JSON text.
    """
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(relation), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = reported = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
            if progress and count - reported >= _REPORT_EVERY:
                progress(count - reported)
                reported = count
    if progress and count > reported:
        progress(count - reported)
    return count


def upsert(
    connection: psycopg.Connection,
    relation: str,
    rows: Iterable[Row],
    progress: Progress | None = None,
) -> Loaded:
    """Insert `rows` (column name → value) or bring what is there up to date, by primary key.

    Only the columns that a row names are written: the others keep what they hold, or of a new row have
    their default. Rows of one call may name different columns; those that name others than the first
    are held in memory. A row that is already there with the same values is left as it is; else
    `loaded_at` becomes the time of the load, that of a message's conversation too. Text is stored
    without NUL characters, which PostgreSQL cannot hold.

    Raises `InvalidInput`: before anything is written where a row names a column that the contract does
    not have, or lacks its key; and where one that is new lacks what a new row has to have.
    """
    target = relation_named(relation)
    incoming = IncomingRows(target, rows)
    loaded = Loaded()
    for names, values in incoming.groups():
        loaded += _bring_in(connection, target, names, values, incoming, progress)
    if incoming.refusal:
        raise incoming.refusal
    return loaded


def _bring_in(
    connection: psycopg.Connection,
    target: Relation,
    names: list[str],
    values: Iterator[Values],
    incoming: IncomingRows,
    progress: Progress | None,
) -> Loaded:
    """One group of `incoming`, whose rows name the columns `names`."""
    scratch = f"incoming_{target.name}"
    connection.execute(
        sql.SQL("create temp table {} on commit drop as select {} from {} limit 0").format(
            sql.Identifier(scratch), column_list(names), sql.Identifier(target.name)
        )
    )
    total = copy_rows(connection, scratch, names, stored(target, names, values), progress)
    changed: list[list[str]] = []
    inserted = updated = 0
    if not incoming.refusal:
        if missing := lacking(target, names):
            _require_there(connection, target, scratch, missing)
            statement = update_statement(target, names, scratch)
        else:
            statement = merge_statement(target, names, scratch)
        ((inserted, updated, *of_transcripts),) = connection.execute(statement).fetchall()
        changed = of_transcripts[0] or [] if of_transcripts else []
    connection.execute(sql.SQL("drop table {}").format(sql.Identifier(scratch)))
    if changed:
        _stamp_conversations(connection, changed)
    return Loaded(inserted, updated, total - inserted - updated)


def _require_there(
    connection: psycopg.Connection, target: Relation, scratch: str, missing: list[str]
) -> None:
    """Raises `InvalidInput` where a row of `scratch` would be a new one: it lacks `missing`."""
    # In two steps: Citus joins a table of this session alone only by way of a subquery, and lets no
    # other subquery depend on that.
    connection.execute(
        sql.SQL(
            "create temp table already_there on commit drop as"
            " with incoming as materialized (select distinct {key} from {scratch})"
            " select {held} from {target} as held inner join incoming on {same}"
        ).format(
            key=column_list(target.key),
            held=column_list(target.key, "held"),
            scratch=sql.Identifier(scratch),
            target=sql.Identifier(target.name),
            same=same_key(target),
        )
    )
    new = connection.execute(
        sql.SQL(
            "select {key}, count(*) over () from {scratch} as incoming"
            " where not exists (select from already_there as held where {same})"
            " order by {key} limit 1"
        ).format(
            key=column_list(target.key), scratch=sql.Identifier(scratch), same=same_key(target)
        )
    ).fetchone()
    connection.execute("drop table already_there")
    if new:
        key = ", ".join(str(part) for part in new[:-1])
        rows = "1 row" if new[-1] == 1 else f"{new[-1]:,} rows"
        raise InvalidInput(
            f"{rows} of {target.name} are new and lack {', '.join(missing)}; the first is {key}.",
            "Rows that are there may be given in part; load new ones with all that is required.",
        )


def _stamp_conversations(connection: psycopg.Connection, keys: list[list[str]]) -> None:
    accounts, conversations = zip(*keys, strict=True)
    # One that came in the same transaction has its stamp. Pairs as one text: Citus writes a row
    # compared with a set of rows wrongly.
    connection.execute(
        "update conversations set loaded_at = now() where loaded_at < now()"
        " and account_id = any(%s) and conversation_id = any(%s)"
        " and account_id || chr(31) || conversation_id = any(%s)",
        (
            sorted(set(accounts)),
            sorted(set(conversations)),
            [f"{account}\x1f{conversation}" for account, conversation in keys],
        ),
    )
