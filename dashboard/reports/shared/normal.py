"""What is normal for this hour of the week, and whether now differs from it by more than noise."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import find_metric
from dashboard.scope import Scope
from dashboard.stats.significance import differs, is_enough

WEEKS = 6
_FEWEST_WEEKS = 3


@dataclass(frozen=True)
class Normal:
    """One figure against the same hours of earlier weeks.

    `low` and `high` bound the earlier weeks' values, None with fewer than three weeks of history.
    `state` is `normal`, `above`, `below`, `unclear` (outside the band, within noise), `few` (n below
    the registry's minimum), `no history` or `unknown` (no figure). `above` and `below` need a value
    outside the band whose difference from the earlier weeks taken together has a 95 % interval that
    excludes zero.
    """

    value: float | None
    n: int
    low: float | None
    high: float | None
    state: str

    @property
    def band(self) -> tuple[float, float] | None:
        """`low` and `high`, where there are both."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    def is_worse(self, metric: Metric) -> bool:
        return (self.state, metric.good) in {("above", "down"), ("below", "up")}


def with_earlier_weeks(scope: Scope) -> list[Scope]:
    """`scope`, then the same scope one to six weeks earlier, each asked at its own instant.

    An earlier week is seen as it stood then, so that a figure that is not final yet is
    compared with figures that were just as provisional. Weeks are counted in local time: where the
    clocks have changed in between, nine in the morning is compared with nine.
    """
    return [scope.shifted(_week_earlier(scope, week)) for week in range(WEEKS + 1)]


def _week_earlier(scope: Scope, weeks: int) -> timedelta:
    zone = ZoneInfo(scope.time_zone)
    # By one amount for all of the scope: a window keeps its length.
    then = (scope.until.astimezone(zone) - timedelta(weeks=weeks)).astimezone(UTC)
    return then - scope.until


def compare(key: str, figures: Iterable[Any], known_weeks: int) -> Normal:
    """Frame 0 of `figures` (rows, as tuples, of `measure` over `with_earlier_weeks`) against those after it.

    A frame that is absent has nothing to compare with, as a system that was not called that week.

    `known_weeks`: how many earlier weeks are wholly within the warehouse's history.
    """
    metric = find_metric(key)
    rows = {row.frame: row for row in figures if row.metric == key}
    now = rows[0]
    value = None if _is_missing(now.value) else float(now.value)
    past = [rows[week] for week in range(1, known_weeks + 1) if week in rows]
    past = [row for row in past if not _is_missing(row.value)]
    if len(past) < _FEWEST_WEEKS:
        state = "unknown" if value is None else "no history"
        return Normal(value, now.n, None, None, state)
    low, high = min(row.value for row in past), max(row.value for row in past)
    if value is None:
        state = "unknown"
    elif low <= value <= high:
        state = "normal"
    elif not is_enough(metric, now, past):
        state = "few"
    elif not differs(metric, now, past):
        state = "unclear"
    else:
        state = "above" if value > high else "below"
    return Normal(value, now.n, low, high, state)


def stands_out(key: str, trend: pd.DataFrame, known_weeks: int) -> list[bool]:
    """For each bucket of frame 0, whether its count is above the same bucket's in earlier weeks.

    `trend`: from `measure` with a bucket over `with_earlier_weeks`. By the same rule as `compare`,
    so that one bar in seven does not light up by chance.
    """
    rows = trend[trend["metric"] == key].sort_values(["frame", "bucket"])
    weeks = [list(part.itertuples()) for _, part in rows.groupby("frame")]
    return [
        compare(key, [week[position] for week in weeks], known_weeks).state == "above"
        for position in range(len(weeks[0]))
    ]


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)
