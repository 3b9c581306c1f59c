"""Rollups: which figures are stored as sums by time and dimensions, and which of them can answer what.

A figure is stored when it adds up over disjoint rows. Its column is made from the registry's own
aggregate, so a rollup cannot mean anything else than the fact it was summed from; a new metric is
rolled up without further code, in the group that its columns call for, or refused when this is loaded.
Sums are taken as of the end of time; they answer a question asked at or after the instant from which
nothing they count can change.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from dashboard.metrics.definitions.counts import ANSWERED_OR_WAITING, TIMED
from dashboard.metrics.dimension_sql import dimension_query
from dashboard.metrics.dimensions import EPISODE_DIMENSIONS, FILLED_IN, dimensions_of
from dashboard.metrics.distributions import Quantile, WaitingQuantile
from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import METRICS
from dashboard.rollups.group import Rollup, RollupGroup
from dashboard.rollups.materialized import MATERIALIZED, RESOLVED
from dashboard.rollups.placement import (
    OF_RATINGS,
    OF_WHAT_FOLLOWS,
    check_settled,
    summed_as,
    with_columns,
)

SCHEMA = "control_room"
QUARTER = timedelta(minutes=15)
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
"""As of when sums are taken: everything that the warehouse knows has happened."""

_EPISODE = tuple(one.key for one in EPISODE_DIMENSIONS if one.is_rolled_up)
_ENDING = tuple(one.key for one in dimensions_of("episodes") if one.facts and one.is_rolled_up)
check_settled(FACTS["episodes"].dimension(key) for key in _ENDING)


_FURTHER = tuple(one.key for one in FILLED_IN if one.is_rolled_up)
"""Those beside which the tables of calls, chosen one by one for what the pages ask, get one each."""


def _tables(
    key: str, *by_day: tuple[str, ...], by_quarter: tuple[str, ...] = ()
) -> tuple[Rollup, ...]:
    quarters = Rollup(f"{key}_by_quarter", "15min", by_quarter)
    days = (
        Rollup(f"{key}_by_day" + (f"_{i}" if i else ""), "day", dimensions)
        for i, dimensions in enumerate(by_day)
    )
    return (quarters, *days)


def _durable(matures_after: timedelta) -> RollupGroup:
    # Apart, so that a figure of one day need not be read from the facts for a week.
    key = f"durable_{matures_after // timedelta(hours=1)}_hours"
    return RollupGroup(
        key,
        FACTS["episodes"],
        _tables(key, _EPISODE),
        OF_WHAT_FOLLOWS,
        matures_after,
        kept=RESOLVED,
    )


_MATURITIES = sorted(
    {
        aggregate.matures_after
        for metric in METRICS.values()
        for aggregate in metric.aggregates()
        if aggregate.matures_after
    }
)

LATENCY = RollupGroup(
    "latency",
    FACTS["spans"],
    (
        Rollup("latency_by_day", "day", ("system", "duration_bin")),
        Rollup(
            "latency_by_day_1", "day", ("system", "name", "operation", "origin", "duration_bin")
        ),
        Rollup("latency_by_quarter", "15min", ("duration_bin",)),
    ),
    counted=TIMED,
    columns={TIMED.aggregate.sql: "counted"},
)
"""Spans by how long they took: what quantiles of long windows are read from."""

WAITS = RollupGroup(
    "waits",
    FACTS["handoffs"],
    (Rollup("waits_by_day", "day", ("queue", "answered_second", "waited_second")),),
    counted=ANSWERED_OR_WAITING,
    columns={ANSWERED_OR_WAITING.aggregate.sql: "counted"},
)
"""Handoffs by how long they waited, to the second: what waiting curves of long windows are read from."""

_GROUPS = (
    RollupGroup("episodes", FACTS["episodes"], _tables("episodes", _EPISODE, _ENDING)),
    RollupGroup(
        "rated", FACTS["episodes"], _tables("rated", _EPISODE, (*_ENDING, "rating")), OF_RATINGS
    ),
    *map(_durable, _MATURITIES),
    RollupGroup("handoffs", FACTS["handoffs"], _tables("handoffs", (*_EPISODE, "reason", "queue"))),
    WAITS,
    RollupGroup(
        "ratings",
        FACTS["ratings"],
        _tables("ratings", _EPISODE, ("handled_by", "rating")),
        OF_RATINGS,
    ),
    RollupGroup(
        "spans",
        FACTS["spans"],
        (
            *_tables(
                "spans",
                ("system", "name", "operation", "origin", "error_type", "topic"),
                ("system", "name", "origin", "version", "plan"),
                ("group",),
                by_quarter=("system",),
            ),
            Rollup("spans_by_quarter_1", "15min", ("system", "name")),
            *(
                Rollup(f"spans_by_day_{key}", "day", ("system", "name", "origin", key))
                for key in _FURTHER
            ),
        ),
    ),
    LATENCY,
)

ROLLUP_GROUPS: tuple[RollupGroup, ...] = with_columns(_GROUPS, METRICS.values())
"""Every group, in the order of building."""


def facts_of(groups: Sequence[RollupGroup]) -> dict[str, list[str]]:
    """`groups` and what they count, as the files under `queries/rollups/` take them."""
    return {
        "rollup_groups": [group.key for group in groups],
        "facts": [group.fact.key for group in groups],
    }


@cache
def group_of(fact: str, sql: str) -> RollupGroup | None:
    """The group that holds this aggregate of the fact, None where it is not kept."""
    key = summed_as(fact)
    return next((g for g in ROLLUP_GROUPS if g.fact.key == key and sql in g.columns), None)


def split_by_group(
    fact: str, aggregates: Mapping[str, str]
) -> tuple[dict[RollupGroup, dict[str, str]], dict[str, str]]:
    """`aggregates` (name → SQL) by the group that holds them, and those that none holds."""
    split: dict[RollupGroup, dict[str, str]] = {}
    rest: dict[str, str] = {}
    for name, sql in aggregates.items():
        group = group_of(fact, sql)
        (rest if group is None else split.setdefault(group, {}))[name] = sql
    return split, rest


@cache
def latency_quantiles() -> dict[str, float]:
    """SQL of each quantile of a span's duration → q."""
    kinds = [metric.kind for metric in METRICS.values() if isinstance(metric.kind, Quantile)]
    return {
        kind.quantile.sql: kind.q
        for kind in kinds
        if kind.rows.aggregate == TIMED.aggregate and kind.column == "duration_ms"
    }


@cache
def waits_to_human() -> dict[str, str]:
    """SQL that gathers waits → whether of the `answered`, or of those `censored`: not answered yet."""
    kinds = [metric.kind for metric in METRICS.values() if isinstance(metric.kind, WaitingQuantile)]
    return {
        gathered.sql: name
        for kind in kinds
        if kind.rows.aggregate == ANSWERED_OR_WAITING.aggregate
        and (kind.answered, kind.censored) == ("answered_after_s", "waited_s")
        for name, gathered in zip(("answered", "censored"), kind.times, strict=True)
    }


@cache
def definition(time_zone: str) -> str:
    """A hash of all that sums are made from: when it changes, they must be rebuilt."""
    parts = [time_zone, dimension_query("rollups/tables.sql")]
    for kept in MATERIALIZED:
        parts += [dimension_query(kept.fact.path), repr((kept.columns, kept.condition, kept.once))]
    for group in ROLLUP_GROUPS:
        parts += [dimension_query(group.fact.path), repr(group)]
    return hashlib.md5("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
