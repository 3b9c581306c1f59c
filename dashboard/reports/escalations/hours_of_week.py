"""Handoffs by weekday and hour: when in the week they come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.metrics.buckets import next_start
from dashboard.query.measure import measure
from dashboard.reports.shared.history import history_start
from dashboard.scope import Scope

LEAST = timedelta(days=28)
"""Four of each weekday; a shorter window would show the week, not the weekdays."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Hour:
    """One hour of the calendar: [`since`, `until`), cut by the window, and what was counted in it."""

    since: datetime
    until: datetime
    count: int


@dataclass(frozen=True)
class Cell:
    """One hour of the week: `weekday` 0 is Monday, `hour` in the reporting time zone.

    `hours`: the hours of the calendar it was counted in, the newest first, never empty.
    """

    weekday: int
    hour: int
    hours: tuple[Hour, ...]

    @property
    def count(self) -> int:
        return sum(hour.count for hour in self.hours)

    @property
    def length(self) -> float:
        """How many hours of time it holds; a cut hour is a part of one."""
        return sum((hour.until - hour.since) / timedelta(hours=1) for hour in self.hours)

    @property
    def mean(self) -> float:
        """Handoffs per hour: cells that hold unequal time can be compared."""
        return self.count / self.length


def window_of(scope: Scope, start: datetime | None) -> Scope:
    """`scope`, lengthened back to `LEAST`, but not before `start`, where the history starts."""
    since = min(scope.since, scope.until - LEAST)
    if start is not None and start < scope.until:
        since = max(since, start)
    return replace(scope, since=since)


def hours_of_week(key: str, scope: Scope) -> tuple[Scope, list[Cell]]:
    """The window counted and its cells, in the order of the week. The errors of `measure` pass through."""
    counted = window_of(scope, history_start())
    rows = measure([key], counted, bucket="hour")
    end = min(counted.until, counted.as_of)
    hours = [
        Hour(
            max(row.bucket, counted.since),
            min(next_start(row.bucket, "hour", counted.time_zone), end),
            int(row.value),
        )
        for row in rows.itertuples()
    ]
    return counted, cells(hours, counted.time_zone)


def cells(hours: Sequence[Hour], time_zone: str) -> list[Cell]:
    """`hours` grouped by hour of the week."""
    zone = ZoneInfo(time_zone)
    found: dict[tuple[int, int], list[Hour]] = {}
    for hour in sorted(hours, key=lambda hour: hour.since, reverse=True):
        local = hour.since.astimezone(zone)
        if hour.since < hour.until:
            found.setdefault((local.weekday(), local.hour), []).append(hour)
    return [Cell(*place, tuple(within)) for place, within in sorted(found.items())]


def sentence(found: Sequence[Cell]) -> str:
    """The busiest hour of the week, and the share outside working hours."""
    total = sum(cell.count for cell in found)
    if not total:
        return "No handoffs in this period."
    top = max(found, key=lambda cell: cell.mean)
    outside = sum(cell.count for cell in found if not _is_working(cell))
    return (
        f"Busiest: {WEEKDAYS[top.weekday]}s {top.hour:02}:00–{(top.hour + 1) % 24:02}:00,"
        f" {top.mean:.1f} per hour. {100 * outside / total:.0f} % fall outside Monday to Friday, 8:00–18:00."
    )


def _is_working(cell: Cell) -> bool:
    return cell.weekday < 5 and 8 <= cell.hour < 18
