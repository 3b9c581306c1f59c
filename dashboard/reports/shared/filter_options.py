"""Which values a filter offers: those seen lately, the most frequent first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import TextClause, text

from dashboard.metrics.dimension_sql import with_dimensions
from dashboard.metrics.dimensions import FILLED_IN
from dashboard.metrics.facts import FACTS
from dashboard.metrics.figure import Aggregate
from dashboard.metrics.registry import find_metric
from dashboard.metrics.sql import window_of
from dashboard.postgres.read import fetch
from dashboard.query_files import query_text
from dashboard.rollups.definitions import group_of
from dashboard.rollups.planner import Plan, left_to_facts, plan
from dashboard.scope import Scope, filter_text

Value = str | None

_FEW = tuple(one for one in FILLED_IN if one.is_rolled_up)
"""Dimensions with few values. Those of others are typed in: thousands to choose from help nobody."""


@dataclass(frozen=True)
class FilterOptions:
    """Values of `dimensions` among the rows that `metric` counts, of the last `length`.

    They are read from its sums; where there are none, from the file `path`, which has a row with a
    column for each dimension, as the fact calls it, and `rows_seen`, of a window (:since, :until) as of
    an instant (:as_of).
    """

    metric: str
    dimensions: tuple[str, ...]
    length: timedelta
    path: str


def filter_options(offers: Sequence[FilterOptions], as_of: datetime) -> dict[str, list[str]]:
    """Filter → its values as text, the most frequent first; `(unknown)` where some are null.

    Raises the errors of `fetch`.
    """
    found: dict[str, list[str]] = {}
    for offer in offers:
        counts: dict[str, Counter[Value]] = {key: Counter() for key in offer.dimensions}
        for values, rows in _seen(offer, Scope.last(offer.length, as_of)):
            for key, value in zip(offer.dimensions, values, strict=True):
                counts[key][value] += rows
        found |= {key: in_order(counted) for key, counted in counts.items() if counted}
    return found


def seen_query(path: str) -> TextClause:
    """The statement of a file that counts values, with those dimensions filled in that have few."""
    return text(with_dimensions(query_text(path), _FEW))


def in_order(counted: Mapping[Value, int]) -> list[str]:
    """The values as text, the most frequent first; equally frequent ones by name, the unknown last."""
    seen = [value for value, rows in counted.items() if rows]
    return [
        filter_text(value)
        for value in sorted(seen, key=lambda value: (-counted[value], value is None, value or ""))
    ]


def _seen(offer: FilterOptions, scope: Scope) -> Iterator[tuple[Sequence[Value], int]]:
    """Values of the dimensions together, and how many rows have them; some more than once."""
    aggregate = _aggregate(offer)
    group = group_of(aggregate.fact, aggregate.sql)
    planned = plan(group, [scope], offer.dimensions, None) if group else None
    parts = planned.parts[0] if isinstance(planned, Plan) else ()
    for part in parts:
        asked = {"rows_seen": aggregate.sql}
        sums = part.sums.select(part.ranges, asked, scope, offer.dimensions, None, 0)
        for row in fetch(sums):
            yield [row[f"by_{key}"] for key in offer.dimensions], row["a0"]
    columns = [FACTS[aggregate.fact].dimension(key).column for key in offer.dimensions]
    for rest in left_to_facts(parts, scope):
        for row in fetch(seen_query(offer.path), window_of(rest)):
            yield [row[name] for name in columns], row["rows_seen"]


def _aggregate(offer: FilterOptions) -> Aggregate:
    return find_metric(offer.metric).kind.row_counts[0].aggregate
