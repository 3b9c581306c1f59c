"""The contract as data, read from `queries/contract.sql` so that it stands in one place."""

import re
from dataclasses import dataclass
from functools import lru_cache

import psycopg
from psycopg import sql

from dashboard.query_files import query_statements, query_text
from dashboard.settings import settings

_TABLE = re.compile(r"create table if not exists (\w+) \(\n(.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(
    r"^    (\w+) (text|numeric|timestamptz|smallint|integer|bigint|boolean|jsonb|double precision)"
    r"(.*)$",
    re.MULTILINE,
)
_KEY = re.compile(r"^    primary key \((.*)\)", re.MULTILINE)


@dataclass(frozen=True)
class Column:
    """One column: `type` as PostgreSQL names it in the contract; `is_required` when never null."""

    name: str
    type: str
    is_required: bool


@dataclass(frozen=True)
class Relation:
    """One table or view of the contract; `key` holds the names of its primary key's columns."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@lru_cache(maxsize=1)
def relations() -> dict[str, Relation]:
    """Every relation of the contract by name, in the file's order."""
    return {
        name: _relation(name, body) for name, body in _TABLE.findall(query_text("contract.sql"))
    }


def _relation(name: str, body: str) -> Relation:
    columns = []
    key = tuple(part.strip() for match in _KEY.findall(body) for part in match.split(","))
    for column, kind, rest in _COLUMN.findall(body):
        if "primary key" in rest:
            key = (column,)
        columns.append(Column(column, kind, "not null" in rest or "primary key" in rest))
    return Relation(name, tuple(columns), key)


def install(connection: psycopg.Connection) -> None:
    """Create what is missing of the contract and of the product's own schema. Safe to run again, and
    for several at once: the others wait for the first one's transaction to end."""
    # "If not exists" alone lets two that look at the same moment both create, and one fail.
    connection.execute("select pg_advisory_xact_lock(hashtext('control-room contract'))")
    schema = sql.Identifier(settings().warehouse_schema)
    connection.execute(sql.SQL("create schema if not exists {}").format(schema))
    for path in ("contract.sql", "control_room.sql"):
        for statement in query_statements(path):
            connection.execute(statement)
