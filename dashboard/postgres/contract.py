"""The contract as data, read from `queries/contract.sql` so that it stands in one place."""

import re
from dataclasses import dataclass
from functools import lru_cache

from dashboard.query_files import query_statements, query_text

_TABLE = re.compile(r"create table if not exists (\w+) \(\n(.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(
    r"^    (\w+) (text|numeric|timestamptz|smallint|integer|bigint|boolean|jsonb|double precision)"
    r"(.*)$",
    re.MULTILINE,
)
_KEY = re.compile(r"^    primary key \((.*)\)", re.MULTILINE)
_DEFAULT = re.compile(r"default ([\w']+(?:\(\))?)")
_INDEX = re.compile(r"create index if not exists (\w+)\s+on (\w+)")


@dataclass(frozen=True)
class Column:
    """One column: `type` as PostgreSQL names it in the contract; `is_required` when never null.

    `default` is SQL, None where a row that does not say is null or refused.
    """

    name: str
    type: str
    is_required: bool
    default: str | None = None


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
        default = _DEFAULT.search(rest.split("--")[0])
        is_required = "not null" in rest or "primary key" in rest
        columns.append(Column(column, kind, is_required, default[1] if default else None))
    return Relation(name, tuple(columns), key)


@lru_cache(maxsize=1)
def indexes() -> dict[str, tuple[str, ...]]:
    """Relation → the names of its indexes in the contract, without those behind its key."""
    found: dict[str, tuple[str, ...]] = {}
    for statement in query_statements("contract.sql"):
        if match := _INDEX.match(statement):
            found[match[2]] = (*found.get(match[2], ()), match[1])
    return found
