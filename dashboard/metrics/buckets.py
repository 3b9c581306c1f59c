"""Buckets of time: how SQL cuts a date into them, and the list of them in a window.

Both follow the reporting time zone, so a day is 23 or 25 hours long when the clocks change.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Interval, cast, func, literal

from dashboard.errors import ScopeInvalid

_MINUTES = {"5min": 5, "15min": 15}
_CALENDAR = ("hour", "day", "week", "month")
BUCKETS = (*_MINUTES, *_CALENDAR)
"""Every bucket by name, from fine to coarse."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def check_bucket(bucket: str) -> str:
    """`bucket` if it is one. Raises `ScopeInvalid`."""
    if bucket not in BUCKETS:
        raise ScopeInvalid(f"{bucket!r} is not a time bucket.", f"Use one of {', '.join(BUCKETS)}.")
    return bucket


def bucket_of(date: ColumnElement, bucket: str, time_zone: str) -> ColumnElement:
    """SQL: the start of the bucket that contains `date`."""
    if minutes := _MINUTES.get(bucket):
        return func.date_bin(cast(timedelta(minutes=minutes), Interval), date, literal(_EPOCH))
    return func.date_trunc(check_bucket(bucket), date, time_zone)


def bucket_starts(since: datetime, until: datetime, bucket: str, time_zone: str) -> list[datetime]:
    """The starts, in UTC, of all buckets that overlap [`since`, `until`)."""
    start = _floor(since, check_bucket(bucket), ZoneInfo(time_zone))
    starts = []
    while start < until:
        starts.append(start)
        start = next_start(start, bucket, time_zone)
    return starts


def next_start(start: datetime, bucket: str, time_zone: str) -> datetime:
    """The start, in UTC, of the bucket after the one that starts at `start`."""
    if minutes := _MINUTES.get(bucket):
        return start + timedelta(minutes=minutes)
    zone = ZoneInfo(time_zone)
    if bucket == "hour":
        # Cut again: on Lord Howe Island the clocks change by half an hour.
        return _floor(start + timedelta(hours=1), bucket, zone)
    # Only the date: on a day without a midnight the start is at 1:00, the next one's is not.
    day = start.astimezone(zone).date()
    if bucket == "month":
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    else:
        following = day + timedelta(days=7 if bucket == "week" else 1)
    return _midnight(following, zone)


def _floor(instant: datetime, bucket: str, zone: ZoneInfo) -> datetime:
    if minutes := _MINUTES.get(bucket):
        return instant - (instant - _EPOCH) % timedelta(minutes=minutes)
    local = instant.astimezone(zone)
    if bucket == "hour":
        # Subtracting keeps the offset, which naming the local hour would lose when clocks go back.
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return (instant - past).astimezone(UTC)
    day = local.date()
    if bucket == "week":
        day -= timedelta(days=day.weekday())
    elif bucket == "month":
        day = day.replace(day=1)
    return _midnight(day, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # As PostgreSQL reads it: the second of two midnights, and a missing one as the end of the gap.
    midnight = datetime.combine(day, time())
    return max(midnight.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
