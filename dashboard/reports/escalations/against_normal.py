"""A metric over time, each bucket against the same hours of the week in the six weeks before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashboard.metrics.buckets import next_start
from dashboard.metrics.formatting import count_text, range_text, value_text
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import find_metric
from dashboard.postgres.read import FrameRow
from dashboard.query.measure import measure
from dashboard.reports.shared.history import history_start, known_weeks
from dashboard.reports.shared.moments import moment_words
from dashboard.reports.shared.normal import Normal, compare, with_earlier_weeks
from dashboard.reports.shared.trend import bucket_for, team_changes
from dashboard.scope import Scope

_NAMED = 3
_MANY = {"quarter hour": "quarter hours"}


@dataclass(frozen=True)
class AgainstNormal:
    """`rows`: as `measure` gives them for the window, and `is_whole` as in `Trend`; `normals`: what is
    normal for each row, in their order; `changes` and `bucket` as in `Trend`."""

    metric: Metric
    rows: pd.DataFrame
    normals: list[Normal]
    changes: pd.DataFrame
    bucket: str

    @property
    def has_band(self) -> bool:
        return any(normal.low is not None for normal in self.normals)


def against_normal(key: str, scope: Scope) -> AgainstNormal:
    """The metric by bucket with its band. The errors of `measure` pass through."""
    bucket = bucket_for(scope.length)
    figures = measure([key], with_earlier_weeks(scope), bucket=bucket)
    rows = figures[figures["frame"] == 0].sort_values("bucket").reset_index(drop=True)
    end = min(scope.until, scope.as_of)
    rows["is_whole"] = [
        start >= scope.since and next_start(start, bucket, scope.time_zone) <= end
        for start in rows["bucket"]
    ]
    return AgainstNormal(
        find_metric(key), rows, _normals(key, figures, rows, scope), team_changes(scope), bucket
    )


def _normals(key: str, figures: pd.DataFrame, rows: pd.DataFrame, scope: Scope) -> list[Normal]:
    start = history_start()
    zone = ZoneInfo(scope.time_zone)
    same_hour: dict[tuple[datetime, int], list[Any]] = {}
    for row in figures.itertuples():
        same_hour.setdefault(_now(row.bucket, row.frame, zone), []).append(row)
    return [
        compare(
            key,
            same_hour[_now(bucket, 0, zone)],
            known_weeks(max(bucket, scope.since), start),
        )
        for bucket in rows["bucket"]
    ]


def _now(bucket: datetime, weeks_ago: int, zone: ZoneInfo) -> tuple[datetime, int]:
    # In local time: nine in the morning is compared with nine, also where the clocks have changed in
    # between. The second of two equal hours is distinguished from the first.
    local = bucket.astimezone(zone)
    return local.replace(tzinfo=None, fold=0) + timedelta(weeks=weeks_ago), local.fold


def sentence(found: AgainstNormal, scope: Scope, every: str) -> str:
    """What stands out, in words; `every` names the bucket: day, hour."""
    if not found.has_band:
        return "No expected range yet: it needs at least three earlier weeks."
    if found.metric.unit == "seconds":
        return _outside(found, every)
    parts = []
    for state in ("above", "below"):
        marked = [
            (row, normal)
            for row, normal in zip(found.rows.itertuples(), found.normals, strict=True)
            if normal.state == state
        ]
        if marked:
            marked.sort(key=lambda pair: -_distance(*pair))
            named = "; ".join(_marked_words(found, *pair, scope) for pair in marked[:_NAMED])
            more = f"; and {len(marked) - _NAMED} more" if len(marked) > _NAMED else ""
            times = count_text(len(marked), every, _MANY.get(every))
            parts.append(f"{state.capitalize()} expected range in {times}: {named}{more}.")
    return " ".join(parts) or f"No significant deviation from the expected range in any {every}."


def _outside(found: AgainstNormal, every: str) -> str:
    # A quantile has no interval to test against.
    out = sum(normal.state not in ("normal", "unknown", "no history") for normal in found.normals)
    return (
        f"{count_text(out, every, _MANY.get(every))} of {len(found.normals):,} outside the expected"
        " range; significance is not tested for percentiles, so none is marked."
    )


def _distance(row: FrameRow, normal: Normal) -> float:
    return max(row.value - normal.high, normal.low - row.value)


def _marked_words(found: AgainstNormal, row: FrameRow, normal: Normal, scope: Scope) -> str:
    unit = found.metric.unit
    when = moment_words(row.bucket, scope.as_of, scope.time_zone)
    if found.bucket in ("day", "week"):
        when = when.rpartition(",")[0] or "today"
    expected = f", expected {range_text(unit, *normal.band)}" if normal.band else ""
    return f"{when} ({value_text(unit, row.value)}{expected})"
