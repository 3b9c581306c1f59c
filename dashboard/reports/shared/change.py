"""Figures of a window against another period: `dashboard/reports/shared/periods.py` says which."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import find_metric
from dashboard.query.measure import measure
from dashboard.reports.shared.history import history_start
from dashboard.reports.shared.periods import earlier
from dashboard.scope import Scope
from dashboard.scope_url import Against
from dashboard.stats.significance import differs, is_enough


@dataclass(frozen=True)
class Headline:
    """One metric now and before. `now` and `before` are rows of `measure`.

    `state`: `up` or `down` when the change is more than noise and n is enough, else `same`; `unknown`
    when one of the two has no value, or a count's earlier window is not wholly known.
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
    """The period of the same length before `scope`: what is compared with unless asked otherwise."""
    return earlier(scope, Against())


def headlines(
    metrics: list[str], scope: Scope, dating: str = "episode", other: Scope | None = None
) -> dict[str, Headline]:
    """Metric → its figure in `scope` against `other`, `before(scope)` unless given.

    The errors of `measure` pass through.
    """
    other = other or before(scope)
    figures = measure(metrics, [scope, other], dating=dating)
    start = history_start()
    is_known = start is not None and start <= other.since and _is_as_far(other, scope)
    found = {}
    for key in metrics:
        rows = figures[figures["metric"] == key].set_index("frame")
        found[key] = Headline(
            find_metric(key), rows.loc[0], rows.loc[1], _state(key, rows, is_known)
        )
    return found


def _is_as_far(other: Scope, scope: Scope) -> bool:
    """Whether as much of the one period has passed as of the other; an hour is the clocks' change."""
    passed, compared = (min(s.until, s.as_of) - s.since for s in (scope, other))
    return compared >= passed - timedelta(hours=1)


def _state(key: str, rows: pd.DataFrame, is_known: bool) -> str:
    metric, now, past = find_metric(key), rows.loc[0], rows.loc[1]
    # Half a window's count, because the history starts in its middle or it is not over, is no fewer.
    if metric.unit == "count" and not is_known:
        return "unknown"
    if pd.isna(now["value"]) or pd.isna(past["value"]):
        return "unknown"
    if not is_enough(metric, now, [past]) or not differs(metric, now, [past]):
        return "same"
    return "up" if now["value"] > past["value"] else "down"
