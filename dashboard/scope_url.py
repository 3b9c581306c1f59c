"""A scope as a link has it. All who open the link see the same figures, a past instant included.

`window=24h` or `from=…&to=…`, `as_of=…` (absent: live), `against=…` for what deltas compare with, `tz=…`
for the time zone of days and times, then one parameter per filter, repeated for
more values. What cannot be read is ignored with a message, never an error: on a wall nobody can dismiss
one. Parameters of other pages are kept for them, also with a message.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from dashboard.errors import DimensionInvalid, ScopeInvalid
from dashboard.metrics.dimensions import DIMENSIONS, EPISODE_DIMENSIONS
from dashboard.scope import (
    Filters,
    Scope,
    check_time_zone,
    filter_text,
    instant_text,
    make_filters,
    parse_filter_value,
    parse_instant,
    parse_length,
)

SCOPE_KEYS = ("window", "from", "to", "as_of", "against", "against_date", "tz")
"""The parameters of every page's link that are no filters."""
EPISODE_FILTERS = tuple(one.key for one in EPISODE_DIMENSIONS)
"""The filters that every page understands: what is known of an episode, whatever happened in it."""
EVENT_FILTERS = tuple(one.key for one in DIMENSIONS if one.facts and one.goes_along)
"""The filters that some pages understand: what became of an episode, and what was called."""
KEPT_KEYS = (*SCOPE_KEYS, *EPISODE_FILTERS, *EVENT_FILTERS)
"""What a link takes along to another page. Everything else is one page's own."""

if _taken := set(SCOPE_KEYS) & {one.key for one in DIMENSIONS}:
    raise DimensionInvalid(
        f"No dimension can have the key {min(_taken)!r}: links say something else by it."
    )

AGAINST = ("before", "1w", "date")
"""What a window is compared with: the period before it, the same days of earlier weeks, a chosen start."""

# Arithmetic on the first and last years of the calendar overflows.
Value = TypeVar("Value")

_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2200
_LENGTH_UNITS = (("w", timedelta(weeks=1)), ("d", timedelta(days=1)), ("h", timedelta(hours=1)))
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Against:
    """What deltas compare with: one of `AGAINST`; `since` is the chosen start, for `date` alone."""

    kind: str = "before"
    since: datetime | None = None

    def parameters(self, time_zone: str) -> dict[str, list[str]]:
        if self.kind == "before":
            return {}
        found = {"against": [self.kind]}
        if self.since:
            found["against_date"] = [_date_text(self.since, time_zone)]
        return found


@dataclass(frozen=True)
class OpenScope:
    """A scope that may still be live: `scope` closes it at an instant.

    Either `length` (the window ends at the instant of asking) or `since` and `until` are set; `is_usual`
    where the link names no window and `length` is the page's own. `as_of` is None while live.
    `carried` are filters of the link that this page does not apply. `usual_zone` is the zone of a link
    that names none.
    """

    length: timedelta | None
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    time_zone: str = "UTC"
    filters: Filters = ()
    against: Against = Against()
    is_usual: bool = False
    carried: Filters = ()
    usual_zone: str = "UTC"

    @property
    def is_live(self) -> bool:
        return self.as_of is None

    def scope(self, now: datetime) -> Scope:
        """The scope asked at `now`, or at `as_of` where the link pins it."""
        as_of = self.as_of or now
        if self.length:
            return replace(Scope.last(self.length, as_of, self.time_zone), filters=self.filters)
        since, until = self._ends()
        return Scope(since, until, as_of, self.time_zone, self.filters)

    def _ends(self) -> tuple[datetime, datetime]:
        if self.since is None or self.until is None:
            raise ValueError("An open scope has a length, or both since and until.")
        return self.since, self.until

    def where(self, dimension: str, *values: str | None) -> "OpenScope":
        return replace(self, filters=make_filters({**dict(self.filters), dimension: values}))

    def parameters(self) -> dict[str, list[str]]:
        """The link's parameters: exactly this scope. `read_open_scope` is the inverse."""
        found: dict[str, list[str]] = {}
        if self.length:
            found["window"] = [length_text(self.length)]
        else:
            since, until = self._ends()
            found["from"], found["to"] = [instant_text(since)], [instant_text(until)]
        if self.as_of:
            found["as_of"] = [instant_text(self.as_of)]
        found |= self.against.parameters(self.time_zone)
        if self.time_zone != self.usual_zone:
            found["tz"] = [self.time_zone]
        found.update({key: [filter_text(v) for v in values] for key, values in self.filters})
        return found

    def kept(self) -> dict[str, list[str]]:
        """What goes along to a page about something else: no window that only this page chose, and
        what this one does not apply."""
        found = self.parameters()
        if self.length and self.is_usual:
            del found["window"]
        found.update({key: [filter_text(v) for v in values] for key, values in self.carried})
        return {key: values for key, values in found.items() if key in KEPT_KEYS}


def read_open_scope(
    parameters: Mapping[str, Iterable[str]],
    default_length: timedelta,
    usual_zone: str,
    known_filters: Iterable[str] = EPISODE_FILTERS,
    own: Iterable[str] | None = None,
) -> tuple[OpenScope, list[str]]:
    """The open scope that a link's parameters name, and a sentence for each that was ignored.

    `own`: the further parameters that the page understands; with None, others are not judged.
    """
    known_filters = tuple(known_filters)
    link = _Link(parameters)
    time_zone = link.read("tz", _checked_zone) or usual_zone
    length, since, until, as_of = _read_window(link, time_zone)
    is_fixed = bool(since and until and not length)
    elsewhere = set(KEPT_KEYS) - set(SCOPE_KEYS) - {*known_filters, *(own or ())}
    asked = OpenScope(
        length=None if is_fixed else length or default_length,
        since=since if is_fixed else None,
        until=until if is_fixed else None,
        as_of=as_of,
        time_zone=time_zone,
        filters=link.filters(known_filters),
        against=_read_against(link, time_zone),
        is_usual=not is_fixed and not length,
        carried=link.filters(elsewhere),
        usual_zone=usual_zone,
    )
    if own is not None:
        link.problems += _unknown_parameters(parameters, {*KEPT_KEYS, *known_filters, *own})
    return _within_reason(asked, default_length, link.problems), link.problems


def _read_window(
    link: "_Link", time_zone: str
) -> tuple[timedelta | None, datetime | None, datetime | None, datetime | None]:
    """The window of a link: its length, its start and its end, and the instant of asking; None where
    it does not say, or cannot be heeded."""
    length = link.read("window", parse_length)
    since = link.read("from", parse_instant, time_zone)
    until = link.read("to", parse_instant, time_zone)
    as_of = link.read("as_of", parse_instant, time_zone)
    if since and not until:
        # To the minute, so that all who look at it within one share their reads.
        until = as_of or datetime.now(UTC).replace(second=0, microsecond=0) + _MINUTE
    if length and (since or until):
        link.problems.append("The link has both window and from/to; window is used.")
    elif since and until and not since < until:
        link.problems.append("The window in the link ends before it starts; the default is shown.")
        since = None
    elif until and not since and not link.text("from"):
        link.problems.append("The link has to without from; the default window is shown.")
    return length, since, until, as_of


def _unknown_parameters(parameters: Iterable[str], known: Collection[str]) -> list[str]:
    return [
        f"“{key}” is not a parameter of this page; it was ignored."
        for key in parameters
        if key not in known
    ]


class _Link:
    """A link's parameters as they are read, and what was wrong with them."""

    def __init__(self, parameters: Mapping[str, Iterable[str]]) -> None:
        self.parameters = parameters
        self.problems: list[str] = []

    def text(self, key: str) -> str:
        return next(iter(self.parameters.get(key, ())), "").strip()

    def read(self, key: str, parse: Callable[..., Value], *arguments: Any) -> Value | None:
        text = self.text(key)
        if not text:
            return None
        try:
            return parse(text, *arguments)
        except ScopeInvalid as error:
            self.problems.append(f"{key} in the link was ignored: {error}")
            return None

    def filters(self, keys: Iterable[str]) -> Filters:
        return make_filters(
            {
                key: [parse_filter_value(text) for text in self.parameters[key] if text]
                for key in keys
                if key in self.parameters
            }
        )


def _read_against(link: _Link, time_zone: str) -> Against:
    kind = link.text("against") or AGAINST[0]
    if kind not in AGAINST:
        link.problems.append(
            f"against is “{kind}” in the link; use one of {', '.join(AGAINST)}. Comparing with the"
            " previous period."
        )
        return Against()
    if kind != "date":
        return Against(kind)
    since = link.read("against_date", parse_instant, time_zone)
    return Against(kind, since) if since else Against()


def _checked_zone(name: str) -> str:
    check_time_zone(name)
    return name


def _within_reason(
    page_scope: OpenScope, default_length: timedelta, problems: list[str]
) -> OpenScope:
    instants = (page_scope.since, page_scope.until, page_scope.as_of, page_scope.against.since)
    if all(at is None or _EARLIEST_YEAR <= at.year <= _LATEST_YEAR for at in instants):
        return page_scope
    problems.append("The link's times are out of range; the default window is shown.")
    return replace(
        page_scope,
        length=default_length,
        since=None,
        until=None,
        as_of=None,
        against=Against(),
        is_usual=True,
    )


def _date_text(instant: datetime, time_zone: str) -> str:
    """The date where the instant is its midnight in the zone, else the instant."""
    day = instant.astimezone(ZoneInfo(time_zone)).date().isoformat()
    return day if parse_instant(day, time_zone) == instant else instant_text(instant)


def length_text(length: timedelta) -> str:
    """`24h`, `7d`: the shortest form that `parse_length` reads back. Days are kept up to a fortnight."""
    for unit, size in _LENGTH_UNITS:
        count, rest = divmod(length, size)
        if count and not rest and (unit != "w" or count > 2) and (unit != "d" or count > 1):
            return f"{count}{unit}"
    return f"{length // timedelta(minutes=1)}m"
