"""Rollups: which figures are kept as sums by time and dimensions, and which of them can answer what.

A figure is kept when it adds up over disjoint rows. Its column is made from the registry's own
aggregate, so a rollup cannot mean anything else than the fact it was summed from; a new metric is
rolled up without a line more. Sums are taken as of the end of time; they answer a question asked at
or after the instant from which nothing they count can change.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property

from dashboard.metrics.dimension_sql import dimension_query
from dashboard.metrics.dimensions import EPISODE_DIMENSIONS, FILLED_IN, dimensions_of
from dashboard.metrics.distributions import Quantile, WaitingQuantile
from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.figure import Aggregate
from dashboard.metrics.registry import METRICS
from dashboard.rollups.materialized import MATERIALIZED, RESOLVED, MaterializedFact

SCHEMA = "control_room"
QUARTER = timedelta(minutes=15)
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
"""As of when sums are taken: everything that the warehouse knows has happened."""

_WINDOWS = {
    "24 hours": timedelta(hours=24),
    "72 hours": timedelta(hours=72),
    "7 days": timedelta(days=7),
}
_CALENDAR = ("day", "week", "month")
_LONGEST_NAME = 60
_WORD = re.compile(r"[a-z_]+")
_QUOTED = re.compile(r"'[^']*'")
_OF_SQL = frozenset(
    (
        "count",
        "sum",
        "coalesce",
        "cast",
        "as",
        "numeric",
        "interval",
        "filter",
        "where",
        "and",
        "or",
        "not",
        "is",
        "null",
        "true",
    )
)


@dataclass(frozen=True)
class Rollup:
    """One table of sums: `grain` is `15min` or `day`, `dimensions` are keys of the fact's."""

    table: str
    grain: str
    dimensions: tuple[str, ...] = ()

    def answers(self, dimensions: Iterable[str], bucket: str | None, same_days: bool) -> bool:
        """Whether it can be grouped and filtered by `dimensions` and cut into `bucket`.

        `same_days`: the question counts days in the zone in which the sums were taken.
        """
        if not set(dimensions) <= set(self.dimensions):
            return False
        if bucket is None:
            return True
        if self.grain == "day":
            return bucket in _CALENDAR and same_days
        return bucket != "5min"


@dataclass(frozen=True, eq=False)
class RollupGroup:
    """Sums of one fact that become final together, in one or more rollups.

    Of the rollups that can answer a question the first does, and the first finer one beside it where the
    window begins or ends within a day. `matures_after`: how long after its end an episode is final.
    `reads` is the column by whose mention an aggregate of the fact belongs here; the group without one
    takes what no other does. `kept`: rows among which are all that it counts, for what is immature.
    """

    key: str
    fact: Fact
    rollups: tuple[Rollup, ...]
    reads: str = ""
    matures_after: timedelta = timedelta()
    others: tuple[str, ...] = field(default=(), repr=False)
    kept: MaterializedFact | None = field(default=None, repr=False)

    @cached_property
    def columns(self) -> dict[str, str]:
        """SQL of each aggregate → the column that holds its sum, in the registry's order."""
        named: dict[str, str] = {}
        for aggregate in _additive(self.fact.key):
            own = self.reads in aggregate.sql
            if own and not any(other in aggregate.sql for other in self.others):
                named[aggregate.sql] = _column(aggregate, named.values())
        return named

    @property
    def fact_columns(self) -> set[str]:
        """The columns of the fact's rows that the sums need."""
        keys = {key for rollup in self.rollups for key in rollup.dimensions}
        words = {w for sql in self.columns for w in _WORD.findall(_QUOTED.sub("", sql))}
        named = {self.fact.dimension(key).column for key in keys}
        return {self.fact.date, *named, *(words - _OF_SQL)}

    @property
    def counts_ratings(self) -> bool:
        return "rating" in (self.reads, self.fact.fixed.get("dated_by"))


def _additive(fact: str) -> dict[Aggregate, None]:
    # A base is counted over the same rows as the fact it is a base of.
    wanted = {fact, "involvement"} if fact == "episodes" else {fact}
    kinds = [kind for m in METRICS.values() for kind in (m.kind, m.by_event) if kind]
    found = {a.sql: a for kind in kinds for a in kind.asked() if a.fact in wanted and a.is_additive}
    return dict.fromkeys(found.values())


def _column(aggregate: Aggregate, taken: Iterable[str]) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", aggregate.description.lower()).strip("_")[:_LONGEST_NAME]
    if not name or name in set(taken):
        raise ValueError(f"{aggregate.sql!r} has no name of its own: {name!r}.")
    return name


_EPISODE = tuple(one.key for one in EPISODE_DIMENSIONS if one.is_rolled_up)
_ENDING = tuple(one.key for one in dimensions_of("episodes") if one.facts and one.is_rolled_up)


_FURTHER = tuple(one.key for one in FILLED_IN if one.is_rolled_up)
"""Those beside which the tables of calls, chosen one by one for what the pages ask, get one each."""


def _tables(key: str, *by_day: tuple[str, ...], by_quarter: tuple[str, ...] = ()):
    quarters = Rollup(f"{key}_by_quarter", "15min", by_quarter)
    days = (
        Rollup(f"{key}_by_day" + (f"_{i}" if i else ""), "day", dimensions)
        for i, dimensions in enumerate(by_day)
    )
    return (quarters, *days)


def _durable(window: str, matures_after: timedelta) -> RollupGroup:
    # Apart, so that a figure of one day need not be read from the facts for a week.
    key = f"durable_{window.replace(' ', '_')}"
    reads = f"known_until - interval '{window}'"
    return RollupGroup(
        key, FACTS["episodes"], _tables(key, _EPISODE), reads, matures_after, kept=RESOLVED
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
    "duration_ms",
)
"""Spans by how long they took: what quantiles of long windows are read from."""

WAITS = RollupGroup(
    "waits",
    FACTS["handoffs"],
    (Rollup("waits_by_day", "day", ("queue", "answered_second", "waited_second")),),
    "times_placed",
)
"""Handoffs by how long they waited, to the second: what waiting curves of long windows are read from."""

ROLLUP_GROUPS: tuple[RollupGroup, ...] = (
    RollupGroup(
        "episodes",
        FACTS["episodes"],
        _tables("episodes", _EPISODE, _ENDING),
        others=("rating", "known_until"),
    ),
    RollupGroup(
        "rated", FACTS["episodes"], _tables("rated", _EPISODE, (*_ENDING, "rating")), "rating"
    ),
    *(_durable(window, matures_after) for window, matures_after in _WINDOWS.items()),
    RollupGroup(
        "handoffs",
        FACTS["handoffs"],
        _tables("handoffs", (*_EPISODE, "reason", "queue")),
        others=("times_placed",),
    ),
    WAITS,
    RollupGroup(
        "ratings", FACTS["ratings"], _tables("ratings", _EPISODE, ("handled_by", "rating"))
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
        others=("duration_ms",),
    ),
    LATENCY,
)
"""Every group, in the order of building."""


FACT_OF_GROUP = {
    "rollup_groups": [group.key for group in ROLLUP_GROUPS],
    "facts": [group.fact.key for group in ROLLUP_GROUPS],
}
"""The groups and what they count, as queries/rollups/dirty_days.sql takes them."""


@cache
def group_of(fact: str, sql: str) -> RollupGroup | None:
    """The group that holds this aggregate of the fact, None where it is not kept."""
    key = "episodes" if fact == "involvement" else fact
    return next((f for f in ROLLUP_GROUPS if f.fact.key == key and sql in f.columns), None)


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
    return {kind.quantile.sql: kind.q for kind in kinds if kind.rows.fact == LATENCY.fact.key}


@cache
def waits_to_human() -> dict[str, str]:
    """SQL that gathers waits → whether of the `answered`, or of those `censored`: not answered yet."""
    kinds = [metric.kind for metric in METRICS.values() if isinstance(metric.kind, WaitingQuantile)]
    return {
        gathered.sql: name
        for kind in kinds
        if kind.rows.fact == WAITS.fact.key
        for name, gathered in zip(("answered", "censored"), kind.times, strict=True)
    }


@cache
def definition(time_zone: str) -> str:
    """A mark of all that sums are made from: another one means that they must be taken anew."""
    parts = [time_zone, dimension_query("rollups/tables.sql")]
    for kept in MATERIALIZED:
        parts += [dimension_query(kept.fact.path), repr((kept.columns, kept.condition, kept.once))]
    for group in ROLLUP_GROUPS:
        parts += [dimension_query(group.fact.path), repr(group), repr(group.columns)]
    return hashlib.md5("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
