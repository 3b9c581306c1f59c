"""One fact's question, and the groups of sums that answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, RowMapping, Select

from dashboard.metrics.facts import Fact
from dashboard.scope import Scope

Groups = dict[tuple, dict[str, Any]]
"""(frame, bucket, dimension values …) → aggregate name → what SQL returned."""


@dataclass(frozen=True)
class Question:
    """What one fact is asked: the statement, the dimensions it groups by, the bucket of time, and the
    aggregates (name → SQL) that it returns as `a0`, `a1`, …"""

    fact: Fact
    statement: Select | CompoundSelect
    scopes: tuple[Scope, ...]
    by: tuple[str, ...]
    bucket: str | None
    aggregates: Mapping[str, str]


def add_up(rows: Sequence[RowMapping], by: Sequence[str], aggregates: Mapping[str, str]) -> Groups:
    """The rows of each group, added up: a group has one row for each part that knows it."""
    groups: Groups = {}
    # Asked once: of a column that is not there a row says so by an error, thousands of times.
    has_buckets = bool(rows) and "bucket" in rows[0]
    named, values = [f"by_{name}" for name in by], [f"a{i}" for i in range(len(aggregates))]
    for row in rows:
        bucket = row["bucket"] if has_buckets else None
        key = (row["frame"], bucket, *(row[name] for name in named))
        sums = {name: row[value] for name, value in zip(aggregates, values, strict=True)}
        _add(groups, key, sums)
    return groups


def _add(groups: Groups, key: tuple, sums: dict[str, Any]) -> None:
    held = groups.setdefault(key, sums)
    if held is sums:
        return
    for name, value in sums.items():
        # Null is the sum of no rows; what it is added to stays what it is.
        if value is not None:
            held[name] = value if held[name] is None else held[name] + value


def merge(into: Groups, groups: Groups) -> None:
    """Put the sums of `groups` beside those that `into` has of the same groups."""
    for key, sums in groups.items():
        into.setdefault(key, {}).update(sums)
