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
    """A figure as people read it; – where it is not known.

    >>> value_text("share", 0.714), value_text("count", 1204), value_text("seconds", 250)
    ('71.4 %', '1,204', '4 min 10 s')
    >>> value_text("per 100", 31.25), value_text("milliseconds", 950.4), value_text("score", None)
    ('31.2 per 100', '950 ms', '–')
    """
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
    """Two figures of one unit, the unit said once.

    >>> range_text("share", 0.681, 0.74), range_text("share", -0.013, 0.005)
    ('68.1–74.0 %', '−1.3 to 0.5 %')
    >>> range_text("per 100", 20.5, 26.9)
    '20.5–26.9 per 100'
    """
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
    """A difference with its sign.

    >>> change_text("share", 0.041), change_text("seconds", -180), change_text("count", 0)
    ('+4.1 points', '−3 min', '±0')
    """
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    if unit == "share":
        return f"{sign}{100 * abs(change):.1f} points"
    return f"{sign}{value_text(unit, abs(change))}"


def duration_text(seconds: float) -> str:
    """The two largest units.

    >>> [duration_text(seconds) for seconds in (40, 250, 11_100, 187_200)]
    ['40 s', '4 min 10 s', '3 h 5 min', '2 d 4 h']
    """
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
    """An age in its largest unit alone, for where space is dear.

    >>> [age_text(seconds) for seconds in (40, 66_000, 260_000)]
    ['40 s', '18 h', '3 d']
    """
    return " ".join(duration_text(seconds).split(" ")[:2])


def length_words(length: timedelta) -> str:
    """A window in words.

    >>> length_words(timedelta(hours=4)), length_words(timedelta(days=7))
    ('last 4 hours', 'last 7 days')
    """
    seconds = round(length.total_seconds())
    for name, size in (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(seconds, size)
        if count and not rest and not (name in ("week", "day") and count < 2):
            return f"last {name}" if count == 1 else f"last {count} {name}s"
    return f"last {duration_text(seconds)}"


def count_text(count: int, one: str, many: str | None = None) -> str:
    """How many of what.

    >>> count_text(1, "rating"), count_text(1204, "rating"), count_text(2, "reply", "replies")
    ('1 rating', '1,204 ratings', '2 replies')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def upper_first(words: str) -> str:
    """As a sentence or a label begins."""
    return words[:1].upper() + words[1:]


def lower_first(words: str) -> str:
    """A label within a sentence: data health, but API errors and CSAT."""
    first = words.partition(" ")[0]
    return words if first[1:] != first[1:].lower() else words[:1].lower() + words[1:]


def instant_words(instant: datetime, time_zone: str, seconds: bool = False) -> str:
    """An instant in the reporting time zone.

    >>> from datetime import UTC
    >>> instant_words(datetime(2026, 3, 2, 8, 40, tzinfo=UTC), "Europe/Berlin")
    'Mon 2 Mar 2026, 09:40'
    """
    local = instant.astimezone(ZoneInfo(time_zone))
    clock = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{local:%a} {local.day} {local:%b %Y}, {clock}"


def clock_words(instant: datetime, time_zone: str) -> str:
    """The time of day in the reporting time zone: 09:40."""
    return instant.astimezone(ZoneInfo(time_zone)).strftime("%H:%M")
