"""A scope: which window, which filters, seen from which instant. Every number is a function of one.

A scope is a value: it never reads the clock. The caller says what `now` is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dashboard.errors import ScopeInvalid

UNKNOWN = "(unknown)"
"""How a filter, a link or a label writes a value the warehouse does not know."""

Filters = tuple[tuple[str, tuple[str | None, ...]], ...]
"""Dimension key → the values that are let in, None for unknown; sorted, so that equal filters are equal."""

_SPAN = re.compile(r"(\d{1,4})\s*(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=3660)


@dataclass(frozen=True)
class Scope:
    """A half-open window [`since`, `until`), filters, a reporting time zone and the instant of asking.

    All instants are aware, and kept in UTC. Nothing after `as_of` is seen, whatever the window says.
    Raises `ScopeInvalid`.

    >>> at_noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
    >>> week = Scope.last(timedelta(days=7), at_noon, "Europe/Berlin").where("channel", "chat", None)
    >>> week.length
    datetime.timedelta(days=7)
    >>> week.filters
    (('channel', ('chat', None)),)
    >>> Scope(since=at_noon, until=at_noon, as_of=at_noon)
    Traceback (most recent call last):
        ...
    dashboard.errors.ScopeInvalid: The window ends before it starts. Give --from before --to.
    """

    since: datetime
    until: datetime
    as_of: datetime
    time_zone: str = "UTC"
    filters: Filters = ()

    def __post_init__(self) -> None:
        # Two instants of one zone are compared and subtracted by the clock on its walls, which is
        # wrong by an hour where the clocks change.
        for name in ("since", "until", "as_of"):
            object.__setattr__(self, name, _in_utc(getattr(self, name)))
        _zone(self.time_zone)
        if not self.since < self.until:
            raise ScopeInvalid("The window ends before it starts.", "Give --from before --to.")

    @classmethod
    def last(cls, length: timedelta, as_of: datetime, time_zone: str = "UTC") -> "Scope":
        """The window of `length` that ends at `as_of`, what happens at that very instant included."""
        until = as_of + timedelta(microseconds=1)
        return cls(until - length, until, as_of, time_zone)

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    def shifted(self, by: timedelta) -> "Scope":
        """The same question asked earlier or later: window and instant move together.

        >>> day = Scope.last(timedelta(days=1), datetime(2026, 3, 9, 12, tzinfo=UTC))
        >>> day.shifted(timedelta(days=-7)).as_of.isoformat()
        '2026-03-02T12:00:00+00:00'
        """
        return replace(self, since=self.since + by, until=self.until + by, as_of=self.as_of + by)

    def where(self, dimension: str, *values: str | None) -> "Scope":
        """This scope, let through `dimension` only where it has one of `values`.

        >>> day = Scope.last(timedelta(days=1), datetime(2026, 3, 9, tzinfo=UTC))
        >>> day.where("topic", "billing").where("topic", "login").filters
        (('topic', ('login',)),)
        """
        return replace(self, filters=make_filters({**dict(self.filters), dimension: values}))

    def without(self, dimension: str) -> "Scope":
        kept = {name: values for name, values in self.filters if name != dimension}
        return replace(self, filters=make_filters(kept))


def make_filters(chosen: Mapping[str, Iterable[str | None]]) -> Filters:
    """Filters from dimension → values; empty ones are dropped, the rest put in order."""
    ordered = (
        (name, tuple(sorted(set(values), key=lambda value: (value is None, value or ""))))
        for name, values in sorted(chosen.items())
    )
    return tuple((name, values) for name, values in ordered if values)


def parse_filter_value(text: str) -> str | None:
    """`(unknown)` means null; anything else is itself."""
    return None if text == UNKNOWN else text


def filter_text(value: str | None) -> str:
    """The inverse of `parse_filter_value`."""
    return UNKNOWN if value is None else value


def parse_length(text: str) -> timedelta:
    """`90m`, `24h`, `7d`, `6w`. Raises `ScopeInvalid`.

    >>> parse_length("6w")
    datetime.timedelta(days=42)
    """
    match = _SPAN.fullmatch(text.strip().lower())
    length = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not timedelta() < length <= _LONGEST:
        raise ScopeInvalid(f"{text!r} is not a valid duration.", "Use for example 24h, 7d or 6w.")
    return length


def parse_instant(text: str, time_zone: str) -> datetime:
    """An ISO date or time; one without an offset is in `time_zone`. Returns UTC. Raises `ScopeInvalid`.

    >>> parse_instant("2026-07-01T09:40", "Europe/Berlin").isoformat()
    '2026-07-01T07:40:00+00:00'
    """
    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=_zone(time_zone))
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ScopeInvalid(
            f"{text!r} is not a valid date or time.",
            "Use for example 2026-01-31 or 2026-01-31T09:40.",
        ) from error


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ScopeInvalid(f"{instant} has no time zone.", "Give it one, for example +00:00.")
    return instant.astimezone(UTC)


def check_time_zone(name: str) -> None:
    """Raises `ScopeInvalid` for a name that the time zone database does not have."""
    _zone(name)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScopeInvalid(
            f"{name!r} is not a time zone.", "Use an IANA name such as Europe/Berlin."
        ) from error


def instant_text(instant: datetime) -> str:
    """An instant for a link: UTC, to the second where that loses nothing."""
    precision = "microseconds" if instant.microsecond else "seconds"
    return instant.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
