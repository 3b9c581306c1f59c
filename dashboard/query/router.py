"""One fact's question and its answer, from rollups where they cover it and from the facts elsewhere."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, RowMapping, Select, func, select, union_all

from dashboard.metrics.facts import Fact
from dashboard.metrics.sql import grouped, measurement, snapshot_instants
from dashboard.postgres.read import fetch
from dashboard.rollups.definitions import (
    LATENCY,
    WAITS,
    latency_quantiles,
    split_by_group,
    waits_to_human,
)
from dashboard.rollups.group import RollupGroup
from dashboard.rollups.materialized import materialized_for
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.rollups.planner import Plan, plan
from dashboard.rollups.usable_days import materialized_days
from dashboard.rollups.waits import plan_of_waits, read_waits
from dashboard.scope import Scope
from dashboard.stats.histogram import quantile

_BIN = "duration_bin"
_LONG = timedelta(days=3)
"""From how long a window on quantiles may be a few per cent off, for being quick."""

Groups = dict[tuple, dict[str, Any]]
"""(frame, bucket, dimension values …) → aggregate name → what SQL returned."""


@dataclass(frozen=True)
class Question:
    """What one fact is asked: the statement, the dimensions it groups by, and the aggregates (name →
    SQL) it returns as `a0`, `a1`, …"""

    statement: Select | CompoundSelect
    scopes: tuple[Scope, ...]
    by: tuple[str, ...]
    aggregates: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """Groups of sums; `read_from` is the share of the windows' time, by group, that sums answered."""

    groups: Groups
    read_from: dict[str, float]


def answer(
    fact: Fact,
    question: Question,
    scopes: Sequence[Scope],
    bucket: str | None,
    from_rollups: bool = True,
) -> Answer:
    """Put one question. `scopes` are the caller's own. The errors of `fetch` pass through."""
    if fact.is_snapshot:
        return Answer(_snapshots(question, scopes, bucket), {})
    if not from_rollups:
        return Answer(_added(fetch(question.statement), question.by, question.aggregates), {})
    return _from_materialized_rows(fact, question, bucket) or _from_sums(fact, question, bucket)


def _from_materialized_rows(fact: Fact, question: Question, bucket: str | None) -> Answer | None:
    kept, days = (
        materialized_for(fact, question.scopes, question.by, question.aggregates.values()),
        materialized_days(),
    )
    if not kept or not days:
        return None
    parts = [
        grouped(
            fact,
            question.aggregates,
            materialized_rows(kept, scope, frame=frame),
            scope,
            question.by,
            bucket,
            frame,
        )
        for frame, scope in enumerate(question.scopes)
    ]
    rows = fetch(parts[0] if len(parts) == 1 else union_all(*parts))
    share = days.share(question.scopes)
    return Answer(_added(rows, question.by, question.aggregates), {kept.key: share})


def _from_sums(fact: Fact, question: Question, bucket: str | None) -> Answer:
    split, rest = split_by_group(fact.key, question.aggregates)
    groups: Groups = {}
    read_from: dict[str, float] = {}
    left = dict(question.aggregates)

    def take(group: RollupGroup, planned: Plan, answered: Iterable[str], found: Groups) -> None:
        read_from[group.key] = planned.share
        _merge(groups, found)
        for name in answered:
            del left[name]

    for group, distributed, planning, reading in _DISTRIBUTIONS:
        asked = {name: sql for name, sql in rest.items() if sql in distributed()}
        if asked and (planned := planning(question, bucket)):
            counts = split.get(group, {})
            found = reading(planned, question, asked, counts, bucket)
            if found is not None:
                split.pop(group, None)
                take(group, planned, [*asked, *counts], found)
    for group, aggregates in split.items():
        if planned := plan(group, question.scopes, question.by, bucket):
            statement = planned.statement(fact, aggregates, question.scopes, question.by, bucket)
            take(group, planned, aggregates, _added(fetch(statement), question.by, aggregates))
    if left:
        whole = len(left) == len(question.aggregates)
        statement = (
            question.statement
            if whole
            else measurement(fact, left, question.scopes, question.by, bucket)
        )
        _merge(groups, _added(fetch(statement), question.by, left))
    return Answer(groups, read_from)


def _plan_of_durations(
    question: Question, bucket: str | None, subtract: bool = True
) -> Plan | None:
    if min(scope.length for scope in question.scopes) < _LONG:
        return None
    return plan(LATENCY, question.scopes, (*question.by, _BIN), bucket, subtract)


def _quantiles(
    planned: Plan,
    question: Question,
    quantiles: Mapping[str, str],
    counts: Iterable[str],
    bucket: str | None,
) -> Groups | None:
    """Quantiles of how long spans took, from how many there are in each bin, and `counts` of all.

    None where the sums cannot tell a group without a timed span from one that is not there.
    """
    (counted,) = LATENCY.columns
    by = (*question.by, _BIN)
    statement = planned.statement(LATENCY.fact, {"n": counted}, question.scopes, by, bucket)
    rows = statement.subquery("counted")
    keys = [rows.c.frame, *([rows.c.bucket] if bucket else [])]
    keys += [rows.c[f"by_{name}"] for name in question.by]
    bins, spans = func.array_agg(rows.c[f"by_{_BIN}"]), func.array_agg(rows.c.a0)
    # A group comes as one row: thousands of bins, row by row, take longer to receive than to count.
    gathered = select(*keys, bins.label("bins"), spans.label("spans")).group_by(*keys)
    histograms: dict[tuple, Counter[int]] = {}
    for row in fetch(gathered):
        start = row["bucket"] if bucket else None
        values = (row[f"by_{name}"] for name in question.by)
        histogram = histograms.setdefault((row["frame"], start, *values), Counter())
        for found, count in zip(row["bins"], row["spans"], strict=True):
            # A span without a measured duration has no bin.
            if found is not None:
                histogram[int(found)] += count
    if planned.subtracts and not all(map(Counter.total, histograms.values())):
        # Called beyond the window alone, or within it and never timed: these sums cannot tell.
        exact = _plan_of_durations(question, bucket, subtract=False)
        return _quantiles(exact, question, quantiles, counts, bucket) if exact else None
    return {
        key: dict.fromkeys(counts, bins.total())
        | {name: quantile(bins, latency_quantiles()[sql]) for name, sql in quantiles.items()}
        # A call that was loaded within this second may be taken away before it is in the sums.
        for key, bins in ((key, +histogram) for key, histogram in histograms.items())
    }


def _waits(
    planned: Plan,
    question: Question,
    gathering: Mapping[str, str],
    counts: Iterable[str],
    bucket: str | None,
) -> Groups:
    """The waits that `gathering` asks for, and `counts` of all."""
    found = read_waits(planned, question.scopes, question.by, bucket)
    return {
        key: dict.fromkeys(counts, waited.total)
        | {name: getattr(waited, waits_to_human()[sql]) for name, sql in gathering.items()}
        for key, waited in found.items()
    }


def _plan_of_waits(question: Question, bucket: str | None) -> Plan | None:
    return plan_of_waits(question.scopes, question.by, bucket)


_DISTRIBUTIONS = (
    (LATENCY, latency_quantiles, _plan_of_durations, _quantiles),
    (WAITS, waits_to_human, _plan_of_waits, _waits),
)
"""Groups whose sums tell how values are distributed: which SQL asks for that, and how it is read."""


def _added(rows: Sequence[RowMapping], by: Sequence[str], aggregates: Mapping[str, str]) -> Groups:
    """The rows of each group, added up: a group has one row for each part that knows it."""
    groups: Groups = {}
    # Asked once: of a column that is not there a row says so by an error, thousands of times.
    has_buckets = bool(rows) and "bucket" in rows[0]
    named, values = [f"by_{name}" for name in by], [f"a{i}" for i in range(len(aggregates))]
    for row in rows:
        bucket = row["bucket"] if has_buckets else None
        key = (row["frame"], bucket, *(row[name] for name in named))
        held = groups.get(key)
        sums = {name: row[value] for name, value in zip(aggregates, values, strict=True)}
        if held is None:
            groups[key] = sums
        else:
            for name, value in sums.items():
                # Null is the sum of no rows; what it is added to stays what it is.
                if value is not None:
                    held[name] = value if held[name] is None else held[name] + value
    return groups


def _merge(into: Groups, groups: Groups) -> None:
    for key, sums in groups.items():
        into.setdefault(key, {}).update(sums)


def _snapshots(question: Question, scopes: Sequence[Scope], bucket: str | None) -> Groups:
    groups: Groups = {}
    for row in fetch(question.statement):
        sums = {name: row[f"a{i}"] for i, name in enumerate(question.aggregates)}
        values = tuple(row[f"by_{name}"] for name in question.by)
        for position, start in _taken_at(row, scopes, bucket):
            groups[position, start, *values] = sums
    return groups


def _taken_at(
    row: RowMapping, scopes: Sequence[Scope], bucket: str | None
) -> Iterator[tuple[int, datetime | None]]:
    """The scopes, by position, and their buckets for which a snapshot's row stands."""
    filters = scopes[row["frame"]].filters
    for position, scope in enumerate(scopes):
        instants = snapshot_instants(scope, bucket)
        if scope.filters == filters and row["at"] in instants:
            yield position, instants[row["at"]] if bucket else None
