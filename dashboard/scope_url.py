"""A scope as a link says it. Whoever opens the link sees the same figures, a past instant included.

`window=24h` or `from=…&to=…`, `as_of=…` (absent: live), then one parameter per filter, repeated for
more values. What cannot be read is left out and said, never an error: a wall has nobody to click it away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dashboard.errors import ScopeInvalid
from dashboard.scope import (
    Filters,
    Scope,
    filter_text,
    instant_text,
    make_filters,
    parse_filter_value,
    parse_instant,
    parse_length,
)

EPISODE_FILTERS = ("topic", "channel", "version", "language", "plan", "source", "account")
"""The filters that every page understands: what is known of an episode, whatever happened in it."""

# Arithmetic on the first and last years of the calendar overflows.
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2200
_LENGTH_UNITS = (("w", timedelta(weeks=1)), ("d", timedelta(days=1)), ("h", timedelta(hours=1)))


@dataclass(frozen=True)
class OpenScope:
    """A scope that may still be live: `scope` closes it at an instant.

    Either `length` (the window ends at the instant of asking) or `since` and `until` are set.
    `as_of` is None while live.
    """

    length: timedelta | None
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    time_zone: str = "UTC"
    filters: Filters = ()

    @property
    def is_live(self) -> bool:
        return self.as_of is None

    def scope(self, now: datetime) -> Scope:
        """The scope asked at `now`, or at `as_of` where the link pins it."""
        as_of = self.as_of or now
        if self.length:
            return replace(Scope.last(self.length, as_of, self.time_zone), filters=self.filters)
        return Scope(self.since, self.until, as_of, self.time_zone, self.filters)

    def where(self, dimension: str, *values: str | None) -> "OpenScope":
        return replace(self, filters=make_filters({**dict(self.filters), dimension: values}))

    def parameters(self) -> dict[str, list[str]]:
        """The link's parameters; `read_open_scope` is the inverse."""
        found: dict[str, list[str]] = {}
        if self.length:
            found["window"] = [length_text(self.length)]
        else:
            found["from"] = [instant_text(self.since)]
            found["to"] = [instant_text(self.until)]
        if self.as_of:
            found["as_of"] = [instant_text(self.as_of)]
        found.update({key: [filter_text(v) for v in values] for key, values in self.filters})
        return found


def read_open_scope(
    parameters: Mapping[str, Iterable[str]],
    default_length: timedelta,
    time_zone: str,
    known_filters: Iterable[str] = EPISODE_FILTERS,
) -> tuple[OpenScope, list[str]]:
    """The open scope that a link's parameters name, and a sentence for each that was left out."""
    problems: list[str] = []

    def one(key: str) -> str:
        return next(iter(parameters.get(key, ())), "").strip()

    def attempt(key: str, parse, *arguments):
        text = one(key)
        if not text:
            return None
        try:
            return parse(text, *arguments)
        except ScopeInvalid as error:
            problems.append(f"{key} was left out of the link: {error}")
            return None

    length = attempt("window", parse_length)
    since, until = (
        attempt("from", parse_instant, time_zone),
        attempt("to", parse_instant, time_zone),
    )
    as_of = attempt("as_of", parse_instant, time_zone)
    if since and not until:
        until = as_of or datetime.now(UTC)
    if since and until and not since < until:
        problems.append("The window in the link ends before it starts; the usual one is shown.")
        since = None
    filters = {
        key: [parse_filter_value(text) for text in parameters[key] if text]
        for key in known_filters
        if key in parameters
    }
    fixed = bool(since and until and not length)
    asked = OpenScope(
        length=None if fixed else length or default_length,
        since=since if fixed else None,
        until=until if fixed else None,
        as_of=as_of,
        time_zone=time_zone,
        filters=make_filters(filters),
    )
    return _within_reason(asked, default_length, problems), problems


def _within_reason(asked: OpenScope, default_length: timedelta, problems: list[str]) -> OpenScope:
    instants = (asked.since, asked.until, asked.as_of)
    if all(at is None or _EARLIEST_YEAR <= at.year <= _LATEST_YEAR for at in instants):
        return asked
    problems.append("The link's times are outside any history; the usual window is shown.")
    return OpenScope(default_length, time_zone=asked.time_zone, filters=asked.filters)


def length_text(length: timedelta) -> str:
    """`24h`, `7d`: the shortest form that `parse_length` reads back. Days are kept up to a fortnight."""
    for unit, size in _LENGTH_UNITS:
        count, rest = divmod(length, size)
        if count and not rest and (unit != "w" or count > 2) and (unit != "d" or count > 1):
            return f"{count}{unit}"
    return f"{length // timedelta(minutes=1)}m"
