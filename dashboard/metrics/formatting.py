"""Figures and times in words, the same on every page, in exports and on the wall."""

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

UNKNOWN_VALUE = "–"
_LONG_MS = 10_000
_FORMS = {
    "share": (".1f", " %"),
    "per 100": (".1f", " per 100"),
    "score": (".2f", ""),
    "milliseconds": (",.0f", " ms"),
}
"""Unit → how its number is written, and what follows it; any other is a count."""


def value_text(unit: str, value: float | None) -> str:
    """A figure as people read it: 71.4 %, 4 min 10 s, 1,204; – where it is not known."""
    if value is None or math.isnan(value):
        return UNKNOWN_VALUE
    if unit == "milliseconds" and value >= _LONG_MS:
        unit, value = "seconds", value / 1000
    if unit == "seconds":
        return duration_text(value)
    number, after = _FORMS.get(unit, (",.0f", ""))
    scaled = 100 * value if unit == "share" else value
    return f"{scaled:{number}}{after}"


def range_text(unit: str, low: float, high: float) -> str:
    """Two figures of one unit, the unit said once: 68.1–74.0 %, −1.3 to 0.5 %, 20.5–26.9 per 100."""
    if unit == "share" and low < 0:
        return f"{100 * low:.1f} to {100 * high:.1f} %".replace("-", "−")
    if unit == "share":
        return f"{100 * low:.1f}–{100 * high:.1f} %"
    if unit == "per 100":
        return f"{low:.1f}–{value_text(unit, high)}"
    if unit in ("seconds", "milliseconds"):
        return f"{value_text(unit, low)} – {value_text(unit, high)}"
    return f"{value_text(unit, low)}–{value_text(unit, high)}"


def change_text(unit: str, change: float) -> str:
    """A difference with its sign: +4.1 points, −3 min."""
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    if unit == "share":
        return f"{sign}{100 * abs(change):.1f} points"
    return f"{sign}{value_text(unit, abs(change))}"


def duration_text(seconds: float) -> str:
    """The two largest units: 40 s, 4 min 10 s, 3 h 5 min, 2 d 4 h."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    for large, small, size in (("min", "s", 60), ("h", "min", 3600), ("d", "h", 86400)):
        if whole < {60: 3600, 3600: 86400}.get(size, float("inf")):
            count, rest = divmod(whole, size)
            rest //= {"s": 1, "min": 60, "h": 3600}[small]
            return f"{count} {large} {rest} {small}" if rest else f"{count} {large}"
    raise AssertionError("days have no upper bound")


def age_text(seconds: float) -> str:
    """An age in its largest unit alone, for where space is dear: 40 s, 18 h, 3 d."""
    return " ".join(duration_text(seconds).split(" ")[:2])


def length_words(length: timedelta) -> str:
    """A window in words: last 4 hours, last 7 days."""
    seconds = round(length.total_seconds())
    for name, size in (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(seconds, size)
        if count and not rest and not (name in ("week", "day") and count < 2):
            return f"last {name}" if count == 1 else f"last {count} {name}s"
    return f"last {duration_text(seconds)}"


def count_text(count: int, one: str, many: str | None = None) -> str:
    """1 rating, 1,204 ratings."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def instant_words(instant: datetime, time_zone: str, seconds: bool = False) -> str:
    """An instant in the reporting time zone: Mon 2 Mar 2026, 09:40."""
    local = instant.astimezone(ZoneInfo(time_zone))
    clock = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{local:%a} {local.day} {local:%b %Y}, {clock}"


def clock_words(instant: datetime, time_zone: str) -> str:
    """The time of day in the reporting time zone: 09:40."""
    return instant.astimezone(ZoneInfo(time_zone)).strftime("%H:%M")
