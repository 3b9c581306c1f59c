"""What happened, in one sentence: the figure that moved, since when, and what moved it most."""

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from dashboard.metrics.formatting import change_text, clock_words
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import find_metric
from dashboard.metrics.value_words import value_words
from dashboard.reports.shared.normal import Normal
from dashboard.reports.wall.weeks import with_weeks
from dashboard.scope import Scope
from dashboard.stats.decomposition import split_change

_METRICS = ("containment_rate", "resolution_rate", "api_error_rate")
"""In order of importance: the wall shows one sentence, not three."""
_SPLIT_BY = {"api_error_rate": ("system", "name")}


def what_happened(
    scope: Scope, figures: Mapping[str, Normal], trends: pd.DataFrame, known_weeks: int
) -> str | None:
    """One sentence about the first figure that is marked, None when none is.

    `figures` and `trends` as on the wall. One more statement is sent, and only when a
    figure is marked.
    """
    for key in _METRICS:
        if figures[key].state in ("above", "below"):
            return _sentence(key, scope, figures[key].state, trends, known_weeks)
    return None


def _sentence(key: str, scope: Scope, state: str, trends: pd.DataFrame, known_weeks: int) -> str:
    metric = find_metric(key)
    by = _SPLIT_BY.get(key, ("topic", "version"))
    rows = with_weeks([key], scope, by)
    known = rows[(rows["frame"] > 0) & (rows["frame"] <= known_weeks)]
    split = split_change(_pooled(known, by), _pooled(rows[rows["frame"] == 0], by))
    if split is None:
        return ""
    gap = change_text("share", abs(float(split.change))).lstrip("+")
    words = f"{metric.label} is {gap} {state} expected"
    if since := _since(metric, state, trends, known_weeks):
        words += f" since {clock_words(since, scope.time_zone)}"
    leading = split.contributions[0]
    if leading.total * split.change > 0:
        named = " · ".join(
            value_words(key, value) for key, value in zip(by, leading.segment, strict=True)
        )
        words += f", mostly {named}"
    return f"{words}."


def _pooled(rows: pd.DataFrame, by: tuple[str, ...]) -> dict[tuple, tuple[int, int]]:
    pooled: dict[tuple, tuple[int, int]] = {}
    for row in rows.itertuples():
        segment = tuple(getattr(row, name) for name in by)
        part, whole = pooled.get(segment, (0, 0))
        pooled[segment] = part + int(row.numerator), whole + int(row.denominator)
    return pooled


def _since(metric: Metric, state: str, trends: pd.DataFrame, known_weeks: int) -> datetime | None:
    """The first of the latest unbroken hours that are beyond the same hours of every earlier week."""
    rows = trends[trends["metric"] == metric.key]
    hours = {
        frame: part.sort_values("bucket").reset_index(drop=True)
        for frame, part in rows.groupby("frame")
    }
    start = None
    for position in range(len(hours[0]) - 1, -1, -1):
        now = hours[0].loc[position, "value"]
        past = [
            hours[week].loc[position, "value"]
            for week in range(1, known_weeks + 1)
            if position in hours[week].index and not pd.isna(hours[week].loc[position, "value"])
        ]
        if pd.isna(now) or not past:
            break
        if not (now > max(past) if state == "above" else now < min(past)):
            # The hour that is not over may still turn; it does not end the run.
            if position == len(hours[0]) - 1:
                continue
            break
        start = hours[0].loc[position, "bucket"]
    return start
