"""Data health: sources and their age, excluded conversations, unmatched values."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
from sqlalchemy import TextClause

from dashboard.postgres.read import fetch, query
from dashboard.query.measure import measure
from dashboard.reports.shared.freshness import Freshness, freshness
from dashboard.scope import Scope
from dashboard.settings import settings
from dashboard.sources.registry import feed_of

WINDOW = timedelta(days=28)
LATELY = timedelta(days=3)
"""How far back calls and citations, which are slow to look up, are checked; it covers a weekend."""


@dataclass(frozen=True)
class Unmatched:
    """Rows of one `kind` (queries/lists/unmatched_values.sql) that carry a `value`."""

    kind: str
    value: str
    rows: int


@dataclass(frozen=True)
class Feed:
    """What a source is called, and the label of what loads it: None where it is not of the product's own."""

    label: str
    loaded_by: str | None


@dataclass(frozen=True)
class DataHealth:
    """`excluded`: excluded conversations and episodes by source, as `measure` gives them.

    `feeds`: by source of `freshness`.
    """

    scope: Scope
    freshness: list[Freshness]
    feeds: dict[str, Feed]
    excluded: pd.DataFrame
    unmatched: list[Unmatched]


def data_health(scope: Scope) -> DataHealth:
    """The health of the data in `scope`. The errors of `fetch` pass through."""
    rows = fetch(unmatched_statement(scope))
    found = freshness(scope.as_of, timedelta(minutes=settings().stale_after_minutes))
    return DataHealth(
        scope,
        found,
        {one.source: Feed(*feed_of(one.source)) for one in found},
        measure(["excluded_episodes", "episodes"], scope, by=["source"]),
        [Unmatched(row["kind"], row["value"], row["rows_found"]) for row in rows],
    )


def unmatched_statement(scope: Scope) -> TextClause:
    """The statement behind `unmatched`."""
    return query("lists/unmatched_values.sql").bindparams(
        since=scope.since,
        until=scope.until,
        lately=max(scope.since, scope.until - LATELY),
        as_of=scope.as_of,
    )
