"""Figures of now beside those of the six weeks before, which are asked once a quarter of an hour.

Every screen asks for now every few seconds; what the same hours were like in earlier weeks hardly
changes meanwhile, and costs six times as much. So earlier weeks are read up to the last full quarter
of an hour, and kept until the next one.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock

import pandas as pd
from cachetools import TTLCache, cached

from dashboard.metrics.buckets import bucket_starts
from dashboard.query.measure import measure
from dashboard.reports.shared.normal import with_earlier_weeks
from dashboard.scope import Scope
from dashboard.settings import settings

_QUARTER = timedelta(minutes=15)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

_earlier: TTLCache = TTLCache(maxsize=64, ttl=_QUARTER.total_seconds())
_guard = Lock()


def with_weeks(
    metrics: Sequence[str], scope: Scope, by: Sequence[str] = (), dating: str = "episode"
) -> pd.DataFrame:
    """As `measure` over `with_earlier_weeks`; the weeks up to the last full quarter of an hour.

    The errors of `measure` pass through.
    """
    now = measure(metrics, [scope], by, dating=dating)
    return _beside(now, _weeks(tuple(metrics), _on_the_quarter(scope), tuple(by), None, dating))


def weeks_before(metrics: Sequence[str], scope: Scope) -> pd.DataFrame:
    """The same without now: the rows of the earlier weeks, as frames from 1 on."""
    weeks = _weeks(tuple(metrics), _on_the_quarter(scope), (), None, "episode")
    return weeks.assign(frame=weeks["frame"] + 1)


def hours_with_weeks(metrics: Sequence[str], scope: Scope) -> pd.DataFrame:
    """The same by hour, over a window that begins with one.

    The hour that is not over is read again in every week: of each as many minutes as of this one.
    """
    now = measure(metrics, [scope], bucket="hour")
    begun = bucket_starts(scope.since, scope.until, "hour", scope.time_zone)[-1]
    quarter = _on_the_quarter(scope)
    over = replace(quarter, since=scope.since, until=begun)
    weeks = [measure(metrics, with_earlier_weeks(replace(scope, since=begun))[1:], bucket="hour")]
    if over.since < over.until:
        weeks.append(_weeks(tuple(metrics), over, (), "hour", "episode"))
    return _beside(now, *weeks)


def clear_weeks_cache() -> None:
    """Read the earlier weeks again at the next question."""
    with _guard:
        _earlier.clear()


def _beside(now: pd.DataFrame, *weeks: pd.DataFrame) -> pd.DataFrame:
    earlier = [part.assign(frame=part["frame"] + 1) for part in weeks]
    return pd.concat([now, *earlier], ignore_index=True)


def _weeks(
    metrics: tuple[str, ...], scope: Scope, by: tuple[str, ...], bucket: str | None, dating: str
) -> pd.DataFrame:
    chosen = settings()
    where = (str(chosen.warehouse_url), chosen.warehouse_schema)
    return _kept_weeks(where, metrics, scope, by, bucket, dating)


@cached(_earlier, lock=_guard)
def _kept_weeks(
    where: tuple[str, str],
    metrics: tuple[str, ...],
    scope: Scope,
    by: tuple[str, ...],
    bucket: str | None,
    dating: str,
) -> pd.DataFrame:
    return measure(metrics, with_earlier_weeks(scope)[1:], by, bucket, dating)


def _on_the_quarter(scope: Scope) -> Scope:
    return scope.shifted(-((scope.until - _EPOCH) % _QUARTER))
