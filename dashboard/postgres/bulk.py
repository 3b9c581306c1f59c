"""Bulk loads: COPY into a scratch table, then one upsert, so that loading twice changes nothing."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from dashboard.postgres.contract import Relation, relations

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
    rows: Iterable[dict[str, object]],
    progress: Progress | None = None,
) -> Loaded:
    """Insert `rows` (column name → value) or bring what is there up to date, by primary key.

    A column that a row lacks is null, or for `loaded_at` the time of the load. A row that is
    already there with the same values, `loaded_at` apart, is left as it is. A transcript has no time
    of loading, so its conversation's moves with it. Text is stored without NUL characters, which
    PostgreSQL cannot hold.
    """
    target = relations()[relation]
    columns = [column for column in target.columns if column.name != "loaded_at"]
    names = [column.name for column in columns]
    stored = [(column.name, _STORED.get(column.type)) for column in columns]
    scratch = f"incoming_{relation}"
    connection.execute(
        sql.SQL("create temp table {} on commit drop as select {} from {} limit 0").format(
            sql.Identifier(scratch), _list(names), sql.Identifier(relation)
        )
    )
    prepared = (
        [change(row.get(name)) if change else row.get(name) for name, change in stored]
        for row in rows
    )
    total = copy_rows(connection, scratch, names, prepared, progress)
    ((inserted, updated, *spoken),) = connection.execute(_merge(target, names, scratch)).fetchall()
    connection.execute(sql.SQL("drop table {}").format(sql.Identifier(scratch)))
    if spoken and spoken[0]:
        _stamp_conversations(connection, spoken[0])
    return Loaded(inserted, updated, total - inserted - updated)


def _merge(target: Relation, names: list[str], scratch: str) -> sql.Composed:
    others = [name for name in names if name not in target.key]
    if not others:
        # All of the row is its key: what is there cannot differ.
        return _merge_statement(target, names, scratch, sql.SQL("do nothing"))
    changed = [*others, *(["loaded_at"] if _is_stamped(target) else [])]
    changes = [sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in changed]
    resolution = sql.SQL(
        "do update set {changes} where ({held}) is distinct from ({excluded})"
    ).format(
        changes=sql.SQL(", ").join(changes),
        held=sql.SQL(", ").join(sql.Identifier("held", name) for name in others),
        excluded=sql.SQL(", ").join(sql.Identifier("excluded", name) for name in others),
    )
    return _merge_statement(target, names, scratch, resolution)


def _merge_statement(
    target: Relation, names: list[str], scratch: str, resolution: sql.Composable
) -> sql.Composed:
    is_transcript = target.name == "messages"
    # Stamped on the way in: Citus lets no clock into the resolution of a conflict.
    now = {"loaded_at": sql.SQL("now()")} if _is_stamped(target) else {}
    return sql.SQL(
        # A file may hold the same record twice; one statement cannot update a row twice.
        "with merged as ("
        " insert into {target} as held ({names})"
        " select distinct on ({key}) {values} from {scratch}"
        " on conflict ({key}) {resolution}"
        " returning (xmax = 0) as is_new{conversation})"
        " select count(*) filter (where is_new), count(*) filter (where not is_new){spoken}"
        " from merged"
    ).format(
        conversation=sql.SQL(", held.account_id, held.conversation_id" if is_transcript else ""),
        spoken=sql.SQL(
            ", array_agg(distinct array[account_id, conversation_id])" if is_transcript else ""
        ),
        target=sql.Identifier(target.name),
        names=_list([*names, *now]),
        values=sql.SQL(", ").join([*map(sql.Identifier, names), *now.values()]),
        key=_list(target.key),
        scratch=sql.Identifier(scratch),
        resolution=resolution,
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


def _is_stamped(target: Relation) -> bool:
    return "loaded_at" in target.column_names()


def _list(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _text(value: object) -> object:
    # Nearly all text is plain, and asked so once; a million times is a third of a load's time.
    if value is None or (isinstance(value, str) and value.isascii() and "\x00" not in value):
        return value
    return _without_nul(value)


def _json(value: object) -> str | None:
    if value is None:
        return None
    text = json.dumps(value)
    # What cannot be held, or half of a character beyond the first plane, stands in JSON as an escape.
    if "\\u0000" in text or "\\ud" in text:
        return json.dumps(_without_nul(value))
    return text


_STORED: dict[str, Callable[[object], object]] = {"text": _text, "jsonb": _json}
"""Type of a column → how its values are stored; values of the others as they are."""


def _without_nul(value: object) -> object:
    if isinstance(value, str):
        # A lone surrogate has no UTF-8 form; both it and NUL would abort the whole load.
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value
