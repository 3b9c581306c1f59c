"""Whether a warehouse can be read and keeps the contract: what `check` and the data page report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import column, func, literal, select, table, text

from dashboard.errors import WarehouseError
from dashboard.postgres.contract import Relation, relations
from dashboard.postgres.feeds import newest_by_source
from dashboard.postgres.read import fetch
from dashboard.postgres.schema_state import SchemaState, schema_state
from dashboard.settings import settings

_OLDEST_SERVER = 140_000
_MOST_COUNTED = 100_000
"""Above this, row counts are estimated unless every row is read."""
_EQUALLY_GOOD = {
    "text": {"text", "character varying", "character", "uuid", "name", "citext"},
    "numeric": {"numeric", "double precision", "real", "integer", "bigint", "smallint"},
    "double precision": {"numeric", "double precision", "real", "integer", "bigint", "smallint"},
    "smallint": {"smallint", "integer", "bigint", "numeric"},
    "integer": {"smallint", "integer", "bigint"},
    "bigint": {"smallint", "integer", "bigint", "numeric"},
    "timestamptz": {"timestamp with time zone"},
    "boolean": {"boolean"},
    "jsonb": {"jsonb"},
}
"""Contract type → the types that serve as well, as format_type names them."""

# From the catalogue: information_schema hides what may not be read, which is a fault of its own.
_COLUMNS = text(
    "select pg_class.relname as table_name, attname as column_name,"
    " format_type(atttypid, null) as data_type"
    " from pg_attribute join pg_class on pg_class.oid = attrelid"
    " join pg_namespace on pg_namespace.oid = relnamespace"
    " where nspname = :schema and relkind in ('r', 'p', 'v', 'm', 'f')"
    " and attnum > 0 and not attisdropped"
)
_RIGHTS = text(
    "select relation, has_table_privilege(format('%I.%I', cast(:schema as text), relation), 'select')"
    " as may_read from unnest(cast(:relations as text[])) as relation"
)
_SIZES = text(
    "select pg_class.relname as relation, pg_class.reltuples as rows from pg_class"
    " join pg_namespace on pg_namespace.oid = relnamespace"
    " where nspname = :schema and relkind in ('r', 'p', 'm')"
)
"""As many rows as the planner believes there are, where it has looked."""
_FUTURE = text(
    "select (select count(*) from conversations where started_at > :now) as conversations,"
    " (select count(*) from spans where started_at > :now) as spans"
)


@dataclass
class Inspection:
    """What was found: `faults` need attention, `notes` are in order. A line each."""

    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def inspect(deep: bool = False) -> Inspection:
    """Look at the warehouse. `deep` also reads every row for nulls the contract forbids.

    Never raises for a fault of the warehouse: that is what it reports.
    """
    found = Inspection()
    try:
        server = fetch(text("select current_setting('server_version_num')::int as version"))
        _note_server(found, server[0]["version"])
        state = schema_state()
        complete = _compare(found, state)
        found.faults += state.faults()
        found.notes += state.notes()
        _count(found, complete, deep)
        if {"conversations", "spans"} <= {relation.name for relation in complete}:
            _note_freshness(found, datetime.now(UTC))
    except WarehouseError as error:
        found.faults.append(str(error))
    return found


def _note_server(found: Inspection, version: int) -> None:
    where = "embedded" if settings().is_embedded else "WAREHOUSE_URL"
    line = f"PostgreSQL {version // 10_000}.{version % 10_000} answers ({where})"
    if version < _OLDEST_SERVER:
        found.faults.append(f"{line}, but 14 or later is needed")
    else:
        found.notes.append(line)


def _compare(found: Inspection, state: SchemaState) -> list[Relation]:
    """The relations that are all there and may be read."""
    schema = settings().warehouse_schema
    held: dict[str, dict[str, str]] = {}
    for row in fetch(_COLUMNS, {"schema": schema}):
        held.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
    there = [relation for relation in relations().values() if relation.name in held]
    found.faults += [
        f"{schema}.{name} is missing; {state.mending(relation)}"
        for name, relation in relations().items()
        if name not in held
    ]
    readable = {
        row["relation"]
        for row in fetch(_RIGHTS, {"schema": schema, "relations": [r.name for r in there]})
        if row["may_read"]
    }
    complete = []
    for relation in there:
        faults = list(_column_faults(relation, held[relation.name], state))
        if relation.name not in readable:
            faults.append(f"{schema}.{relation.name} cannot be read: grant select on it")
        found.faults += faults
        if not faults:
            complete.append(relation)
    return complete


def _column_faults(relation: Relation, held: dict[str, str], state: SchemaState) -> Iterator[str]:
    for expected in relation.columns:
        name = f"{settings().warehouse_schema}.{relation.name}.{expected.name}"
        kind = held.get(expected.name)
        if kind is None:
            mending = state.mending(relation, expected)
            yield f"{name} is missing; expected type {expected.type}; {mending}"
        elif kind not in _EQUALLY_GOOD[expected.type]:
            yield f"{name} is {kind}; expected {expected.type}"


def _count(found: Inspection, complete: list[Relation], deep: bool) -> None:
    sizes = _sizes() if not deep else {}
    for relation in complete:
        rows = _read_through(found, relation) if deep else _about(relation, sizes)
        found.notes.append(
            f"{relation.name}: {len(relation.columns)} columns match the contract, {rows} rows"
        )


def _read_through(found: Inspection, relation: Relation) -> str:
    required = [known.name for known in relation.columns if known.is_required]
    nulls = [func.count().filter(column(name).is_(None)).label(name) for name in required]
    row = fetch(select(func.count().label("n"), *nulls).select_from(table(relation.name)))[0]
    found.faults += [
        f"{relation.name}.{name} is null in {row[name]:,} rows; the contract requires a value"
        for name in required
        if row[name]
    ]
    return f"{row['n']:,}"


def _about(relation: Relation, sizes: Mapping[str, float]) -> str:
    """How many rows, exact for a small relation; a large one is not read through to count it."""
    believed = sizes.get(relation.name, 0)
    if believed > _MOST_COUNTED:
        return f"about {float(f'{believed:.2g}'):,.0f}"
    few = select(literal(1)).select_from(table(relation.name)).limit(_MOST_COUNTED + 1)
    counted = fetch(select(func.count().label("n")).select_from(few.subquery("few")))[0]["n"]
    return f"{counted:,}" if counted <= _MOST_COUNTED else f"more than {_MOST_COUNTED:,}"


def _sizes() -> dict[str, float]:
    rows = fetch(_SIZES, {"schema": settings().warehouse_schema})
    return {row["relation"]: row["rows"] for row in rows}


def _note_freshness(found: Inspection, now: datetime) -> None:
    for row in newest_by_source(now):
        if row["newest_event_at"]:
            age = (now - row["newest_event_at"]).total_seconds() / 60
            found.notes.append(f"{row['source']}: newest event {age:,.0f} minutes ago")
    future = fetch(_FUTURE, {"now": now})[0]
    found.faults += [
        f"{count:,} {name} start in the future and are not shown until then"
        for name, count in future.items()
        if count
    ]
