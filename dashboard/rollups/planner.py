"""Answers from rollups: sums for the ranges of time that are built and final, facts for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import CompoundSelect, FromClause, Select, TextClause, union_all

from dashboard.metrics.buckets import bucket_starts
from dashboard.metrics.facts import Fact
from dashboard.metrics.sql import grouped, rows_of
from dashboard.rollups.definitions import QUARTER
from dashboard.rollups.group import Rollup, RollupGroup
from dashboard.rollups.materialized import MaterializedFact
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.rollups.reasons import Reason
from dashboard.rollups.table import RollupTable, TimeRange, drop_short_ranges, uncovered
from dashboard.rollups.usable_days import Days, usable_days
from dashboard.scope import Scope

_SHORTEST = timedelta(hours=1)
_NONE = timedelta()
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    """What of one scope's window is read from one table of sums."""

    sums: RollupTable
    ranges: tuple[TimeRange, ...]


@dataclass(frozen=True)
class Plan:
    """How a question to one rollup group is answered: of which parts, for each scope.

    `share` of the windows' time is read from sums, the rest from the facts, for the reason `rest`, or
    from `kept` rows of them.
    """

    group: RollupGroup
    scopes: tuple[Scope, ...]
    parts: tuple[tuple[Part, ...], ...]
    share: float
    rest: Reason | None
    kept: MaterializedFact | None

    @property
    def rollups(self) -> list[Rollup]:
        """The tables of sums that are read, each once."""
        read = (part.sums.rollup for parts in self.parts for part in parts)
        return list(dict.fromkeys(read))

    def left_to_facts(self) -> list[tuple[int, Scope]]:
        """The time that no sums cover, each stretch with the position of its scope."""
        return [
            (frame, rest)
            for frame, (scope, parts) in enumerate(zip(self.scopes, self.parts, strict=True))
            for rest in left_to_facts(parts, scope)
        ]

    def statement(
        self, fact: Fact, aggregates: Mapping[str, str], by: Sequence[str], bucket: str | None
    ) -> Select | CompoundSelect:
        """One statement, columns as in `measurement`; the rows of one group add up to it."""
        asked = [
            part.sums.select(part.ranges, aggregates, scope, by, bucket, frame)
            for frame, (scope, parts) in enumerate(zip(self.scopes, self.parts, strict=True))
            for part in parts
        ]
        for frame, rest in self.left_to_facts():
            rows = self._rows(fact, rest, len(asked))
            asked.append(grouped(fact, aggregates, rows, rest, by, bucket, frame))
        return asked[0] if len(asked) == 1 else union_all(*asked)

    def _rows(self, fact: Fact, scope: Scope, number: int) -> FromClause | TextClause:
        if self.kept:
            return materialized_rows(self.kept, scope, frame=number)
        return rows_of(fact, scope, number)


def plan(
    group: RollupGroup,
    scopes: Sequence[Scope],
    by: Sequence[str],
    bucket: str | None,
    is_little: bool = False,
) -> Plan | Reason:
    """The plan for a question, or why the facts alone shall answer it.

    `is_little`: the facts are known to answer sooner; which sums are final need not be looked up.
    The errors of `fetch` pass through.
    """
    if all(scope.length < _SHORTEST for scope in scopes):
        return Reason.WINDOW_SHORT
    days = usable_days()
    if days is None:
        return Reason.NOT_BUILT
    fitting = _fitting(group, scopes, by, bucket, days.time_zone)
    if isinstance(fitting, Reason):
        return fitting
    if is_little:
        return Reason.FACTS_CHEAPER
    parts = _parts(RollupTable(group, fitting[0]), days, scopes)
    finer = next((rollup for rollup in fitting if rollup.grain != "day"), fitting[0])
    if finer != fitting[0]:
        edges = _edges(RollupTable(group, finer), days, scopes, parts)
        parts = [(*held, *more) for held, more in zip(parts, edges, strict=True)]
    share = _covered(parts) / sum((scope.length for scope in scopes), timedelta())
    kept = group.kept if days.kept else None
    rest = _why_uncovered(group, days, scopes, parts)
    if not share and not kept:
        return rest or Reason.NOT_COVERED
    return Plan(group, tuple(scopes), tuple(parts), share, rest, kept)


def _fitting(
    group: RollupGroup,
    scopes: Sequence[Scope],
    by: Sequence[str],
    bucket: str | None,
    time_zone: str,
) -> list[Rollup] | Reason:
    """The rollups of the group that can answer, in its order; why none can."""
    dimensions = {*by, *(key for scope in scopes for key, _ in scope.filters)}
    same_days = all(scope.time_zone == time_zone for scope in scopes)
    having = [rollup for rollup in group.rollups if dimensions <= set(rollup.dimensions)]
    if not having:
        return Reason.DIMENSION_MISSING
    on_quarters = _on_quarters(scopes, bucket)
    cut = [
        rollup
        for rollup in having
        if rollup.answers(dimensions, bucket, same_days) and (rollup.grain == "day" or on_quarters)
    ]
    return cut or Reason.BUCKET_MISSING


def _parts(sums: RollupTable, days: Days, scopes: Sequence[Scope]) -> list[tuple[Part, ...]]:
    found = days.ranges(sums.group, sums.rollup.grain, scopes)
    used = [
        tuple(drop_short_ranges(part, scope)) for part, scope in zip(found, scopes, strict=True)
    ]
    return [(Part(sums, ranges),) if ranges else () for ranges in used]


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


def _why_uncovered(
    group: RollupGroup, days: Days, scopes: Sequence[Scope], parts: Sequence[tuple[Part, ...]]
) -> Reason | None:
    """Why sums do not answer for all of the time: what holds for the longest part of it."""
    lost = dict.fromkeys((Reason.NOT_COVERED, Reason.NOT_SETTLED, Reason.PART_OF_DAY), timedelta())
    for scope, held in zip(scopes, parts, strict=True):
        for rest in left_to_facts(held, scope):
            unknown = rest.length
            # Days that have yet to mature are not built before.
            maturing = max(rest.until - max(rest.since, scope.as_of - group.matures_after), _NONE)
            for day in days.between(group.key, rest.since, rest.until):
                time = min(day.ends, rest.until) - max(day.starts, rest.since)
                is_final = day.settled_at <= scope.as_of
                lost[Reason.PART_OF_DAY if is_final else Reason.NOT_SETTLED] += time
                unknown -= time
            unripe = min(unknown, maturing) if group.matures_after else _NONE
            lost[Reason.NOT_SETTLED] += unripe
            lost[Reason.NOT_COVERED] += unknown - unripe
    longest = max(lost, key=lambda reason: lost[reason])
    return longest if lost[longest] else None


def left_to_facts(parts: Sequence[Part], scope: Scope) -> list[Scope]:
    """The time of `scope` that none of `parts` covers."""
    ranges = sorted(time_range for part in parts for time_range in part.ranges)
    return [replace(scope, since=since, until=until) for since, until in uncovered(ranges, scope)]


def _covered(parts: Sequence[tuple[Part, ...]]) -> timedelta:
    return sum(
        (end - start for held in parts for part in held for start, end in part.ranges), timedelta()
    )


def _on_quarters(scopes: Sequence[Scope], bucket: str | None) -> bool:
    """Whether buckets begin on quarters of an hour; in the nineteenth century they did not."""
    return bucket is None or not any(
        (start - _EPOCH) % QUARTER
        for scope in scopes
        for start in bucket_starts(scope.since, scope.until, bucket, scope.time_zone)
    )
