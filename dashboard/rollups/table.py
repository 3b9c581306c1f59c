"""Reading a rollup: the sums that stand for a time range of time, and what is left to the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Select,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)

from dashboard.metrics.buckets import bucket_of
from dashboard.metrics.sql import conditions
from dashboard.rollups.definitions import SCHEMA
from dashboard.rollups.group import Rollup, RollupGroup
from dashboard.scope import Scope

TimeRange = tuple[datetime, datetime]
"""[start, end) of time."""

_MOST_RANGES = 4


def drop_short_ranges(ranges: Sequence[TimeRange], scope: Scope) -> list[TimeRange]:
    """The longest few of `ranges`, in order; none where they cover too little to pay.

    Each gap between them costs one more question to the facts.
    """
    longest = sorted(ranges, key=lambda s: s[0] - s[1])[:_MOST_RANGES]
    covered = sum((end - start for start, end in longest), start=scope.length * 0)
    return sorted(longest) if covered * 4 >= scope.length else []


def uncovered(ranges: Sequence[TimeRange], scope: Scope) -> list[TimeRange]:
    """The parts of the window of `scope` in none of `ranges`, which are in order and disjoint."""
    edges = [scope.since, *(edge for time_range in ranges for edge in time_range), scope.until]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(start, end) for start, end in pairs if start < end]


@dataclass(frozen=True)
class RollupTable:
    """The sums of one rollup of a group."""

    group: RollupGroup
    rollup: Rollup

    def select(
        self,
        ranges: Sequence[TimeRange],
        aggregates: Mapping[str, str],
        scope: Scope,
        by: Sequence[str],
        bucket: str | None,
        frame: int,
    ) -> Select:
        """Those of `ranges`; columns as in `measurement`, so that both can be put together."""
        fact = self.group.fact
        starts: ColumnClause = column("starts")
        groups: list[ColumnElement] = []
        if bucket:
            groups.append(bucket_of(starts, bucket, scope.time_zone).label("bucket"))
        groups += [column(fact.dimension(key).column).label(f"by_{key}") for key in by]
        sums = [
            _summed(sql, self.group.columns[sql]).label(f"a{i}")
            for i, sql in enumerate(aggregates.values())
        ]
        chosen = (
            select(literal(frame).label("frame"), *groups, *sums)
            .select_from(table(self.rollup.table, schema=SCHEMA))
            .where(
                or_(*(and_(starts >= start, starts < end) for start, end in ranges)),
                *conditions(fact, scope.filters),
            )
        )
        positions: list[ColumnClause] = [literal_column(str(2 + i)) for i in range(len(groups))]
        return chosen.group_by(*positions) if positions else chosen


def _summed(sql: str, name: str) -> ColumnElement:
    total: ColumnElement = func.sum(column(name))
    # A sum of bigint is numeric; a count stays what it is where both parts are put together.
    return cast(total, BigInteger) if sql.startswith("count(") else total
