"""Answers from rollups: sums for the stretches of time that are built and final, facts for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import CompoundSelect, FromClause, Select, TextClause, union_all

from dashboard.metrics.buckets import bucket_starts
from dashboard.metrics.cells import Stretch, Sums, gaps, worth_using
from dashboard.metrics.facts import Fact
from dashboard.metrics.kept import Kept
from dashboard.metrics.rollups import QUARTER, Family
from dashboard.metrics.statement import grouped, rows_of
from dashboard.scope import Scope
from dashboard.warehouse.kept import kept_rows
from dashboard.warehouse.rollup_days import usable_days

_SHORTEST = timedelta(hours=1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """How a question to one family of sums is answered: over which stretches, for each scope.

    `share` of the windows' time is read from sums, the rest from the facts, or from `kept` rows of them.
    """

    sums: Sums
    stretches: tuple[tuple[Stretch, ...], ...]
    share: float
    kept: Kept | None

    def statement(
        self,
        fact: Fact,
        aggregates: Mapping[str, str],
        scopes: Sequence[Scope],
        by: Sequence[str],
        bucket: str | None,
    ) -> Select | CompoundSelect:
        """One statement, columns as in `measurement`; the rows of one group add up to it."""
        parts = []
        for frame, (scope, found) in enumerate(zip(scopes, self.stretches, strict=True)):
            if found:
                parts.append(self.sums.over(found, aggregates, scope, by, bucket, frame))
            for since, until in gaps(found, scope):
                rest = replace(scope, since=since, until=until)
                parts.append(
                    grouped(
                        fact,
                        aggregates,
                        self._rows(fact, rest, len(parts)),
                        rest,
                        by,
                        bucket,
                        frame,
                    )
                )
        return parts[0] if len(parts) == 1 else union_all(*parts)

    def _rows(self, fact: Fact, scope: Scope, number: int) -> FromClause | TextClause:
        if self.kept:
            return kept_rows(self.kept, scope, frame=number)
        return rows_of(fact, scope, number)


def plan(
    family: Family, scopes: Sequence[Scope], by: Sequence[str], bucket: str | None
) -> Plan | None:
    """The plan for a question, or None where the facts alone shall answer it."""
    if all(scope.length < _SHORTEST for scope in scopes):
        return None
    days = usable_days()
    if days is None:
        return None
    dimensions = {*by, *(key for scope in scopes for key, _ in scope.filters)}
    same_days = all(scope.time_zone == days.time_zone for scope in scopes)
    fitting = (r for r in family.rollups if r.answers(dimensions, bucket, same_days))
    rollup = next(fitting, None)
    if rollup is None or (rollup.grain != "day" and not _on_quarters(scopes, bucket)):
        return None
    found = days.stretches(family, rollup.grain, scopes)
    stretches = tuple(
        tuple(worth_using(part, scope)) for part, scope in zip(found, scopes, strict=True)
    )
    covered = sum((end - start for part in stretches for start, end in part), timedelta())
    kept = family.kept if days.kept else None
    if not covered and not kept:
        return None
    asked = sum((scope.length for scope in scopes), timedelta())
    return Plan(Sums(family, rollup), stretches, covered / asked, kept)


def _on_quarters(scopes: Sequence[Scope], bucket: str | None) -> bool:
    """Whether buckets begin on quarters of an hour; in the nineteenth century they did not."""
    return bucket is None or not any(
        (start - _EPOCH) % QUARTER
        for scope in scopes
        for start in bucket_starts(scope.since, scope.until, bucket, scope.time_zone)
    )
