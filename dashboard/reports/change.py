"""Figures of a window against the window before it."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dashboard.metrics.difference import differs, is_enough
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import find_metric
from dashboard.reports.history import history_start
from dashboard.scope import Scope
from dashboard.warehouse.measure import measure


@dataclass(frozen=True)
class Headline:
    """One metric now and before. `now` and `before` are rows of `measure`.

    `state`: `up` or `down` when the change is more than noise and n is enough, else `same`; `unknown`
    when one of the two has no value, or a count's earlier window begins before the history does.
    """

    metric: Metric
    now: pd.Series
    before: pd.Series
    state: str

    @property
    def change(self) -> float | None:
        return None if self.state == "unknown" else float(self.now["value"] - self.before["value"])

    @property
    def is_worse(self) -> bool:
        return (self.state, self.metric.good) in {("up", "down"), ("down", "up")}


def before(scope: Scope) -> Scope:
    """The window of the same length before `scope`, asked as long after its end.

    A day or longer it moves by whole weeks, so that weekdays meet their like.
    """
    week = timedelta(weeks=1)
    length = round(scope.length / timedelta(seconds=1)) * timedelta(seconds=1)
    return scope.shifted(-length if length < timedelta(days=1) else -week * -(-length // week))


def headlines(metrics: list[str], scope: Scope, dating: str = "episode") -> dict[str, Headline]:
    """Metric → its figure in `scope` against `before(scope)`. The errors of `measure` pass through."""
    return headlines_between(metrics, scope, before(scope), dating)


def headlines_between(
    metrics: list[str], scope: Scope, earlier: Scope, dating: str = "episode"
) -> dict[str, Headline]:
    """The same against any other scope."""
    figures = measure(metrics, [scope, earlier], dating=dating)
    start = history_start()
    is_known = start is not None and start <= earlier.since
    found = {}
    for key in metrics:
        rows = figures[figures["metric"] == key].set_index("frame")
        found[key] = Headline(
            find_metric(key), rows.loc[0], rows.loc[1], _state(key, rows, is_known)
        )
    return found


def _state(key: str, rows: pd.DataFrame, is_known: bool) -> str:
    metric, now, past = find_metric(key), rows.loc[0], rows.loc[1]
    # Half a window's count, because the history starts in its middle, is no fewer.
    if metric.unit == "count" and not is_known:
        return "unknown"
    if pd.isna(now["value"]) or pd.isna(past["value"]):
        return "unknown"
    if not is_enough(metric, now, [past]) or not differs(metric, now, [past]):
        return "same"
    return "up" if now["value"] > past["value"] else "down"
