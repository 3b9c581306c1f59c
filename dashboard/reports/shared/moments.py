"""Instants near one conversation, in words: the clock alone on its own day, the date with it elsewhere."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.metrics.formatting import clock_words, duration_text


def moment_words(instant: datetime, day_of: datetime, time_zone: str) -> str:
    """13:05 on the day of `day_of` in `time_zone`, else Tue 3 Mar, 13:05; with the year in another one."""
    zone = ZoneInfo(time_zone)
    local, day = instant.astimezone(zone), day_of.astimezone(zone)
    clock = clock_words(instant, time_zone)
    if local.date() == day.date():
        return clock
    year = f" {local.year}" if local.year != day.year else ""
    return f"{local:%a} {local.day} {local:%b}{year}, {clock}"


def on_the_clock(instant: datetime, time_zone: str) -> datetime:
    """What the clock in `time_zone` showed then, without a zone: charts draw the clock they are given."""
    return instant.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def between_words(earlier: datetime, later: datetime) -> str:
    """The time from one instant to another: 3 h 58 min; never negative."""
    return duration_text(max((later - earlier).total_seconds(), 0))
