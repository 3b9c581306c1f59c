"""Answers from rollups: sums for the ranges of time that are built and final, facts for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import CompoundSelect, FromClause, Select, TextClause, union_all

from dashboard.metrics.buckets import bucket_starts
from dashboard.metrics.facts import Fact
from dashboard.metrics.sql import grouped, rows_of
from dashboard.rollups.definitions import QUARTER
from dashboard.rollups.group import RollupGroup
from dashboard.rollups.materialized import MaterializedFact
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.rollups.table import RollupTable, TimeRange, drop_short_ranges, uncovered
from dashboard.rollups.usable_days import Days, usable_days
from dashboard.scope import Scope

_SHORTEST = timedelta(hours=1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    """What of one scope's window is read from one table of sums.

    `overhang`: what of `ranges` is outside the window, and is subtracted again.
    """

    sums: RollupTable
    ranges: tuple[TimeRange, ...]
    overhang: tuple[TimeRange, ...] = ()


@dataclass(frozen=True)
class Plan:
    """How a question to one rollup group is answered: of which parts, for each scope.

    `share` of the windows' time is read from sums, the rest from the facts or from `kept`, materialized rows.
    """

    parts: tuple[tuple[Part, ...], ...]
    share: float
    kept: MaterializedFact | None

    def statement(
        self,
        fact: Fact,
        aggregates: Mapping[str, str],
        scopes: Sequence[Scope],
        by: Sequence[str],
        bucket: str | None,
    ) -> Select | CompoundSelect:
        """One statement, columns as in `measurement`; the rows of one group add up to it."""
        asked = []
        taken_away = {name: f"-({sql})" for name, sql in aggregates.items()}
        for frame, (scope, parts) in enumerate(zip(scopes, self.parts, strict=True)):
            for part in parts:
                asked.append(part.sums.select(part.ranges, aggregates, scope, by, bucket, frame))
                for since, until in part.overhang:
                    outside = replace(scope, since=since, until=until)
                    rows = self._rows(fact, outside, len(asked))
                    asked.append(grouped(fact, taken_away, rows, outside, by, bucket, frame))
            for rest in left_to_facts(parts, scope):
                rows = self._rows(fact, rest, len(asked))
                asked.append(grouped(fact, aggregates, rows, rest, by, bucket, frame))
        return asked[0] if len(asked) == 1 else union_all(*asked)

    @property
    def subtracts(self) -> bool:
        """Whether some sums count more than the windows: a group of nothing may stand for none."""
        return any(part.overhang for parts in self.parts for part in parts)

    def _rows(self, fact: Fact, scope: Scope, number: int) -> FromClause | TextClause:
        if self.kept:
            return materialized_rows(self.kept, scope, frame=number)
        return rows_of(fact, scope, number)


def plan(
    group: RollupGroup,
    scopes: Sequence[Scope],
    by: Sequence[str],
    bucket: str | None,
    subtract: bool = False,
) -> Plan | None:
    """The plan for a question, or None where the facts alone shall answer it.

    `subtract`: a day of which the window has the greater part is read whole, less the rest of it. A
    group that is only in that rest then comes as one that counts nothing.
    """
    if all(scope.length < _SHORTEST for scope in scopes):
        return None
    days = usable_days()
    if days is None:
        return None
    dimensions = {*by, *(key for scope in scopes for key, _ in scope.filters)}
    same_days = all(scope.time_zone == days.time_zone for scope in scopes)
    on_quarters = _on_quarters(scopes, bucket)
    fitting = [
        rollup
        for rollup in group.rollups
        if rollup.answers(dimensions, bucket, same_days) and (rollup.grain == "day" or on_quarters)
    ]
    if not fitting:
        return None
    finer = next((rollup for rollup in fitting if rollup.grain != "day"), None)
    widened = (
        [days.expand_to_days(group, scope) for scope in scopes]
        if subtract and not finer
        else scopes
    )
    parts = [
        tuple(_beyond(part, scope) for part in held)
        for held, scope in zip(
            _parts(RollupTable(group, fitting[0]), days, widened), scopes, strict=True
        )
    ]
    if finer and finer != fitting[0]:
        edges = _edges(RollupTable(group, finer), days, scopes, parts)
        parts = [(*held, *more) for held, more in zip(parts, edges, strict=True)]
    covered = sum(
        (
            min(end, scope.until) - max(start, scope.since)
            for held, scope in zip(parts, scopes, strict=True)
            for start, end in _ranges(held)
        ),
        timedelta(),
    )
    kept = group.kept if days.kept else None
    if not covered and not kept:
        return None
    asked = sum((scope.length for scope in scopes), timedelta())
    return Plan(tuple(parts), covered / asked, kept)


def _parts(sums: RollupTable, days: Days, scopes: Sequence[Scope]) -> list[tuple[Part, ...]]:
    found = days.ranges(sums.group, sums.rollup.grain, scopes)
    used = [
        tuple(drop_short_ranges(part, scope)) for part, scope in zip(found, scopes, strict=True)
    ]
    return [(Part(sums, ranges),) if ranges else () for ranges in used]


def _beyond(part: Part, scope: Scope) -> Part:
    outside = [
        time_range
        for start, end in part.ranges
        for time_range in ((start, min(end, scope.since)), (max(start, scope.until), end))
        if time_range[0] < time_range[1]
    ]
    return replace(part, overhang=tuple(outside))


def _edges(
    sums: RollupTable, days: Days, scopes: Sequence[Scope], parts: Sequence[tuple[Part, ...]]
) -> list[tuple[Part, ...]]:
    """What finer sums know of the time that `parts` leave: the ends of a window are no whole days."""
    rests = [
        (frame, rest)
        for frame, (scope, held) in enumerate(zip(scopes, parts, strict=True))
        for rest in left_to_facts(held, scope)
    ]
    edges: list[tuple[Part, ...]] = [() for _ in scopes]
    if not rests:
        return edges
    found = _parts(sums, days, [rest for _, rest in rests])
    for (frame, _), more in zip(rests, found, strict=True):
        edges[frame] += more
    return edges


def left_to_facts(parts: Sequence[Part], scope: Scope) -> list[Scope]:
    """The time of `scope` that none of `parts` covers."""
    return [
        replace(scope, since=since, until=until)
        for since, until in uncovered(_ranges(parts), scope)
    ]


def _ranges(parts: Sequence[Part]) -> list[TimeRange]:
    return sorted(time_range for part in parts for time_range in part.ranges)


def _on_quarters(scopes: Sequence[Scope], bucket: str | None) -> bool:
    """Whether buckets begin on quarters of an hour; in the nineteenth century they did not."""
    return bucket is None or not any(
        (start - _EPOCH) % QUARTER
        for scope in scopes
        for start in bucket_starts(scope.since, scope.until, bucket, scope.time_zone)
    )
