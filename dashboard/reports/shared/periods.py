"""The period that a window is compared with, and periods in words."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dashboard.metrics.formatting import clock_words, length_words
from dashboard.scope import Scope
from dashboard.scope_url import Against

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


def earlier(scope: Scope, against: Against) -> Scope:
    """The other period of a comparison: as long as `scope`, asked as long after its end.

    `before`: the period that ends where `scope` starts. `1w`: the same days and hours of earlier weeks,
    by as many whole weeks as it takes not to overlap. `date`: from the chosen start on. Days are those of the
    reporting zone's clock; a window of whole days stays one, also where the clocks change.
    """
    if against.kind == "1w":
        return _days_earlier(scope, 7 * weeks_between(scope))
    if against.kind == "date" and against.since:
        return _starting(scope, against.since)
    if is_whole_days(scope):
        return _days_earlier(scope, (_local(scope.until, scope) - _local(scope.since, scope)).days)
    return scope.shifted(-scope.length)


def weeks_between(scope: Scope) -> int:
    """How many weeks lie between a window and the same days earlier that it does not overlap."""
    length = scope.length
    if is_whole_days(scope):
        length = _local(scope.until, scope) - _local(scope.since, scope)
    return -(-length // _WEEK)


def is_whole_days(scope: Scope) -> bool:
    """Whether a window starts and ends at midnight in the reporting zone."""
    return all(_local(at, scope).time() == time() for at in (scope.since, scope.until))


def against_words(scope: Scope, against: Against) -> str:
    """What changes are compared with, to follow "vs.": previous 7 days, 2 Feb – 8 Feb."""
    other = earlier(scope, against)
    if against.kind == "date" and against.since:
        return period_words(other)
    if against.kind == "1w":
        weeks = weeks_between(scope)
        same = "same hours" if scope.length < _DAY else "same days"
        return f"{same} {'a week' if weeks == 1 else f'{weeks} weeks'} earlier"
    length = scope.length
    if is_whole_days(scope):
        length = _local(scope.until, scope) - _local(scope.since, scope)
    words = length_words(length).removeprefix("last ")
    return f"previous {'day' if words == '24 hours' and is_whole_days(scope) else words}"


def period_words(scope: Scope) -> str:
    """A window by its dates: 2 Mar – 8 Mar for whole days, 2 Mar, 09:40 – 12:00 for others.

    The year is given where it differs from that of `as_of`.
    """
    this_year = _local(scope.as_of, scope).year
    since, until = _local(scope.since, scope), _local(scope.until, scope)
    if is_whole_days(scope):
        last = until - _DAY
        first, end = _day_words(since, this_year), _day_words(last, this_year)
        return first if first == end else f"{first} – {end}"
    start, end = (clock_words(at, scope.time_zone) for at in (scope.since, scope.until))
    if since.date() == until.date():
        return f"{_day_words(since, this_year)}, {start} – {end}"
    return f"{_day_words(since, this_year)}, {start} – {_day_words(until, this_year)}, {end}"


def _day_words(day: datetime, this_year: int) -> str:
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != this_year else "")


def _local(instant: datetime, scope: Scope) -> datetime:
    """The local time: differences of these count days, not hours."""
    return instant.astimezone(ZoneInfo(scope.time_zone)).replace(tzinfo=None)


def _instant(local: datetime, scope: Scope) -> datetime:
    return local.replace(tzinfo=ZoneInfo(scope.time_zone))


def _days_earlier(scope: Scope, days: int) -> Scope:
    since = _instant(_local(scope.since, scope) - timedelta(days=days), scope)
    if is_whole_days(scope):
        until = _instant(_local(scope.until, scope) - timedelta(days=days), scope)
        return _between(scope, since, until)
    # Where the clocks changed in between, an hour would belong to both.
    return _between(
        scope, since, min(since.astimezone(scope.since.tzinfo) + scope.length, scope.since)
    )


def _starting(scope: Scope, since: datetime) -> Scope:
    start = _local(since, scope)
    if is_whole_days(scope) and start.time() == time():
        days = _local(scope.until, scope) - _local(scope.since, scope)
        return _between(scope, since, _instant(start + days, scope))
    return _between(scope, since, since + scope.length)


def _between(scope: Scope, since: datetime, until: datetime) -> Scope:
    moved = replace(scope, since=since, until=until)
    # Nothing after the page's own instant is seen, wherever the other period lies.
    as_of = min(scope.as_of, scope.as_of + (moved.until - scope.until))
    return replace(moved, as_of=as_of)
