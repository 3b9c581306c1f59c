"""What the data leaves open: sources and their age, what is left out, values that lead nowhere."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dashboard.reports.freshness import Freshness, freshness
from dashboard.scope import Scope
from dashboard.settings import settings
from dashboard.warehouse.measure import measure
from dashboard.warehouse.read import fetch, query

WINDOW = timedelta(days=28)


@dataclass(frozen=True)
class Unmatched:
    """Rows of one `kind` (queries/lists/unmatched_values.sql) that carry a `value`."""

    kind: str
    value: str
    rows: int


@dataclass(frozen=True)
class DataHealth:
    """`excluded`: conversations left out and episodes kept by source, as `measure` gives them."""

    scope: Scope
    freshness: list[Freshness]
    excluded: pd.DataFrame
    unmatched: list[Unmatched]


def data_health(scope: Scope) -> DataHealth:
    """The health of the data in `scope`. The errors of `fetch` pass through."""
    window = {"since": scope.since, "until": scope.until, "as_of": scope.as_of}
    rows = fetch(query("lists/unmatched_values.sql"), window)
    return DataHealth(
        scope,
        freshness(scope.as_of, timedelta(minutes=settings().stale_after_minutes)),
        measure(["excluded_episodes", "episodes"], scope, by=["source"]),
        [Unmatched(row["kind"], row["value"], row["rows_found"]) for row in rows],
    )
