"""What version the warehouse's tables are of, what they lack of it, and what mends that: for `check`."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.postgres.contract import Column, Relation, indexes, relations
from dashboard.postgres.migrations import (
    CONTRACT,
    CONTROL_ROOM,
    INIT,
    PARTS,
    known,
    newer_than_known,
    schema_of,
)
from dashboard.postgres.read import fetch, query


@dataclass(frozen=True)
class SchemaState:
    """The contract's relations and indexes as they are, and the migrations that were applied.

    `is_table`: by relation that is there, false for a view. `applied`: part → number → version that
    applied it, without parts that have none; None where the role may not read it. `is_valid`: by index,
    by relation.
    """

    is_table: dict[str, bool]
    applied: dict[str, dict[int, str]] | None
    is_valid: dict[str, dict[str, bool]]

    @property
    def is_stamped(self) -> bool:
        """Whether the contract's tables are the product's own: made, or brought up, by migrations."""
        return bool(self.applied and CONTRACT in self.applied) and all(self.is_table.values())

    def faults(self) -> Iterator[str]:
        """A sentence for each thing that is missing and that `init` mends, or a newer product."""
        for part, applied in (self.applied or {}).items():
            if newer := newer_than_known(part, applied):
                yield f"{newer} Upgrade Control Room"
            if part == CONTRACT and not self.is_stamped:
                continue
            for migration in known(part):
                if migration.number not in applied:
                    yield f"schema {schema_of(part)} lacks migration {migration}: {INIT} applies it"
        if self.is_stamped:
            yield from self._index_faults()

    def notes(self) -> Iterator[str]:
        """A line on what was applied, and one for each table without all of the contract's indexes."""
        if self.applied:
            newest = [
                f"{schema_of(p)} {max(self.applied[p]):04}" for p in PARTS if p in self.applied
            ]
            yield f"migrations: {', '.join(newest)}"
        if not self.is_stamped:
            for name in self._tables():
                if lacking := [index for index in indexes()[name] if index not in self._held(name)]:
                    yield (
                        f"{name}: without {len(lacking)} indexes of the contract, and slower for it;"
                        f" {INIT} builds them"
                    )

    def mending(self, relation: Relation, column: Column | None = None) -> str:
        """What to do about a relation, or a column of it, that is missing."""
        has_views = not all(self.is_table.values())
        if has_views and not self.is_table.get(relation.name):
            if column is None:
                return "make a view of that name, without rows where there is nothing to show"
            if column.is_required and column.default is None:
                return "the view has to give it"
            return f"the view gives it as `{column.default or f'null::{column.type}'} as {column.name}`"
        if column is None or (self.is_stamped and self._has_pending()):
            return f"{INIT} makes it"
        default = f" default {column.default}" if column.default else ""
        required = " not null" if column.is_required and column.default else ""
        return (
            f"`alter table {schema_of(CONTRACT)}.{relation.name}"
            f" add column {column.name} {column.type}{required}{default}` makes it"
        )

    def _has_pending(self) -> bool:
        return len((self.applied or {}).get(CONTRACT, {})) < len(known(CONTRACT))

    def _index_faults(self) -> Iterator[str]:
        schema = schema_of(CONTRACT)
        for name in self._tables():
            for index in indexes()[name]:
                valid = self._held(name).get(index)
                if valid is None:
                    yield f"{schema}.{name} lacks the index {index}: {INIT} builds it"
                elif not valid:
                    yield (
                        f"the index {schema}.{index} does not answer, its building broke off:"
                        f" `drop index {schema}.{index}`, then {INIT}"
                    )

    def _tables(self) -> list[str]:
        return [name for name in indexes() if self.is_table.get(name)]

    def _held(self, relation: str) -> dict[str, bool]:
        return self.is_valid.get(relation, {})


def schema_state() -> SchemaState:
    """As the role of the pages sees it. Raises the errors of `fetch`."""
    is_table = {
        row["relation"]: row["is_table"]
        for row in fetch(query("migrations/relations.sql"))
        if row["relation"] in relations()
    }
    is_valid: dict[str, dict[str, bool]] = {}
    for row in fetch(query("migrations/indexes.sql")):
        is_valid.setdefault(row["relation"], {})[row["index_name"]] = row["is_valid"]
    return SchemaState(is_table, _applied(), is_valid)


def _applied() -> dict[str, dict[int, str]] | None:
    rights = fetch(query("migrations/rights.sql"))[0]
    if not rights["has_table"]:
        return {}
    if not rights["may_read"]:
        return None
    part_of = {schema_of(part): part for part in (CONTRACT, CONTROL_ROOM)}
    applied: dict[str, dict[int, str]] = {}
    for row in fetch(query("migrations/applied.sql")):
        if part := part_of.get(row["schema_name"]):
            applied.setdefault(part, {})[row["number"]] = row["product_version"]
    return applied
