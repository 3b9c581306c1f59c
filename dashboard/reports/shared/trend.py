"""A metric over time, with what the team changed meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from dashboard.metrics.buckets import next_start
from dashboard.metrics.metric import Metric
from dashboard.postgres.read import FrameRow, query, read
from dashboard.query.measure import measure
from dashboard.scope import Scope

_MOST_CHANGES = 200
_FEWEST_BUCKETS = ((timedelta(hours=6), "15min"), (timedelta(days=3), "hour"))


@dataclass(frozen=True)
class Trend:
    """`figures`: as `measure` gives them, a row per bucket (and group), and `is_whole`, False where the
    window or the instant of asking cuts the bucket; `changes`: `changed_at`,
    `component`, `title`, `url`; `bucket` as in `dashboard.metrics.buckets`."""

    figures: pd.DataFrame
    changes: pd.DataFrame
    bucket: str


def trend(
    metrics: list[str],
    scope: Scope,
    by: tuple[str, ...] = (),
    bucket: str | None = None,
    dating: str = "episode",
) -> Trend:
    """The metrics by bucket of time; the bucket fits the window unless one is given."""
    chosen = bucket or bucket_for(scope.length)
    figures = measure(metrics, scope, by=by, bucket=chosen, dating=dating)
    end = min(scope.until, scope.as_of)
    figures["is_whole"] = [
        start >= scope.since and next_start(start, chosen, scope.time_zone) <= end
        for start in figures["bucket"]
    ]
    return Trend(figures, team_changes(scope), chosen)


def can_be_drawn(metric: Metric, row: FrameRow) -> bool:
    """Whether a bucket says something: a rate of the five episodes before midnight does not.

    It would stretch the axis until nothing else could be read. A count of a cut bucket is what it is.
    """
    return metric.unit == "count" or bool(row.is_whole) or row.n >= metric.minimum_n


def bucket_for(length: timedelta) -> str:
    """The bucket that draws a window of `length` in some dozens of points."""
    for longest, bucket in _FEWEST_BUCKETS:
        if length <= longest:
            return bucket
    return "day" if length <= timedelta(days=120) else "week"


def team_changes(scope: Scope) -> pd.DataFrame:
    """What people changed within the window, by the instant of asking."""
    return read(
        query("lists/changes_between.sql"),
        {
            "since": scope.since,
            "until": scope.until,
            "as_of": scope.as_of,
            "most": _MOST_CHANGES,
        },
    )


def bucket_end(start: datetime, starts: list[datetime], scope: Scope) -> datetime:
    """Where the bucket that starts at `start` ends; `starts` are all of them, in order."""
    following = [other for other in starts if other > start]
    return min(following[0] if following else scope.until, scope.until)
