"""In which rollup group a metric's aggregate is summed: it follows from the columns that it mentions."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count

from dashboard.errors import DimensionInvalid, MetricInvalid
from dashboard.metrics.columns import columns_of, conditions_of, longest_interval
from dashboard.metrics.dimension import Dimension
from dashboard.metrics.figure import Aggregate
from dashboard.metrics.metric import Metric
from dashboard.rollups.group import RollupGroup

OF_RATINGS = ("rating", "rated_at", "rating_comment", "stars")
OF_WHAT_FOLLOWS = ("known_until", "next_episode_at")
_CHANGING = frozenset((*OF_RATINGS, *OF_WHAT_FOLLOWS, "waited_s"))
"""Columns that may go on changing when the rest of the row is final: a group that holds one says so."""

_LONGEST_NAME = 60


def check_settled(dimensions: Iterable[Dimension]) -> None:
    """Hold dimensions that sums are kept by to columns that are final with the row.

    Raises `DimensionInvalid`.
    """
    for one in dimensions:
        if one.column in _CHANGING:
            raise DimensionInvalid(
                f"The dimension {one.key!r} cannot be rolled up: {one.column!r} may change after the"
                " rest of the row is final.",
                "Say is_rolled_up=False, and it is read from the facts each time.",
            )


def summed_as(fact: str) -> str:
    """The fact among whose sums those of `fact` are: a base is counted over the rows of its events."""
    return "episodes" if fact == "involvement" else fact


def with_columns(
    groups: Sequence[RollupGroup], metrics: Iterable[Metric]
) -> tuple[RollupGroup, ...]:
    """`groups` with a column for every aggregate that is rolled up. Raises `MetricInvalid`."""
    columns: dict[str, dict[str, str]] = {group.key: {} for group in groups}
    facts = {group.fact.key for group in groups}
    for metric in metrics:
        for aggregate in metric.aggregates():
            if aggregate.rolled_up and summed_as(aggregate.fact) in facts:
                named = columns[place(metric.key, aggregate, groups).key]
                if aggregate.sql not in named:
                    named[aggregate.sql] = _name(aggregate, named.values())
    return tuple(
        group if group.counted else replace(group, columns=columns[group.key]) for group in groups
    )


def _name(aggregate: Aggregate, taken: Collection[str]) -> str:
    """A column's name, from the aggregate's description, that none of `taken` has."""
    words = re.sub(r"[^a-z0-9]+", "_", aggregate.description.lower()).strip("_")
    name = words[:_LONGEST_NAME] or "sum"
    numbered = (f"{name}_{i}" for i in count(2))
    return name if name not in taken else next(n for n in numbered if n not in taken)


def place(metric: str, aggregate: Aggregate, groups: Sequence[RollupGroup]) -> RollupGroup:
    """Which of `groups` is to hold an aggregate of the metric of that key.

    Raises `MetricInvalid` where none can: its sums would not be final when they are read.
    """
    own = [group for group in groups if group.fact.key == summed_as(aggregate.fact)]
    for group in own:
        if group.counted and group.counted.aggregate.sql == aggregate.sql:
            return group
    own = [group for group in own if not group.counted]
    changing = columns_of(aggregate.sql) & _CHANGING
    found = next((group for group in own if _can_hold(group, aggregate, changing)), None)
    fault = _fault(found, aggregate) if found else _misfit(own, aggregate, sorted(changing))
    if found is None or fault:
        raise MetricInvalid(
            f"Metric {metric!r} cannot be rolled up: {aggregate.sql} {fault}.",
            "Say rolled_up=False where its rows are counted, and it is read from the facts each time.",
        )
    return found


def _can_hold(group: RollupGroup, aggregate: Aggregate, changing: Collection[str]) -> bool:
    return group.matures_after == aggregate.matures_after and set(changing) <= set(group.holds)


def _misfit(own: Sequence[RollupGroup], aggregate: Aggregate, changing: Sequence[str]) -> str:
    """Why none of its fact's groups can hold an aggregate that mentions the columns `changing`."""
    holders = {name: [group.key for group in own if name in group.holds] for name in changing}
    if homeless := [name for name, keys in holders.items() if not keys]:
        return f"mentions {homeless[0]!r}, which may change after the rest of the row is final"
    if set(changing) <= set(OF_WHAT_FOLLOWS):
        if aggregate.matures_after:
            return f"has a matures_after, for which {summed_as(aggregate.fact)} have no sums"
        return f"mentions {changing[0]!r} and does not say matures_after"
    told = ", ".join(f"{name!r} ({' or '.join(keys)})" for name, keys in holders.items())
    return f"mentions columns of different rollup groups: {told}"


def _fault(group: RollupGroup, aggregate: Aggregate) -> str | None:
    """What keeps an aggregate out of the group that its columns call for."""
    if group.matures_after:
        try:
            longest = longest_interval(aggregate.sql)
        except ValueError as error:
            return f"cannot be read: {error}"
        if longest > group.matures_after:
            hours = longest // timedelta(hours=1)
            return f"looks {hours} hours ahead, longer than its matures_after"
    if group.kept is None:
        return None
    if absent := columns_of(aggregate.sql) - set(group.kept.reads):
        there = ", ".join(group.kept.reads)
        return f"mentions {min(absent)!r}; {group.key} is summed from rows that have {there} alone"
    if group.kept.condition not in conditions_of(aggregate.sql):
        return f"counts more rows than {group.key} is summed from: add `{group.kept.condition} and`"
    return None
