"""The time window: one of the usual lengths, or from one date to another."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.components.filter_bar.zone import link_zone
from dashboard.components.shared.choices import param, set_parameters
from dashboard.components.shared.pages import PageSpec
from dashboard.errors import ScopeInvalid
from dashboard.metrics.formatting import length_words, upper_first
from dashboard.reports.shared.periods import is_whole_days, period_words
from dashboard.scope import Scope, instant_text, parse_instant, parse_length

WINDOWS = ("1h", "4h", "24h", "7d", "28d", "90d")
_USUAL, _FIXED = "", "from … to …"
_DAY = timedelta(days=1)
_KEY = "choice window"


def draw_window(here: PageSpec) -> None:
    """The current window in a list of the usual ones, and dates beside it."""
    fixed = _fixed_window()
    options = dict.fromkeys((_USUAL, *WINDOWS))
    current = _offered(param("window")) or (_FIXED if fixed else _USUAL)
    options[current] = None
    words = {option: _words(option, here, fixed) for option in options}
    if st.session_state.get(_KEY) != current:
        st.session_state[_KEY] = current
    st.selectbox(
        "Window",
        list(options),
        format_func=lambda option: words.get(option, option),
        key=_KEY,
        label_visibility="collapsed",
        width=210,
        accept_new_options=True,
        on_change=_choose_length,
        help="Or enter a length, for example 36h, 14d or 6w.",
    )
    with st.popover("", icon=":material/date_range:", help="Date range"):
        _draw_dates(fixed)


def _offered(text: str) -> str:
    """The same length in the list's notation: links say 4w for 28d."""
    try:
        length = parse_length(text)
    except ScopeInvalid:
        return text
    return next((option for option in WINDOWS if parse_length(option) == length), text)


def _words(option: str, here: PageSpec, fixed: Scope | None) -> str:
    if option == _USUAL:
        words = length_words(here.length)
        return f"{upper_first(words)} (default)"
    if option == _FIXED and fixed:
        return period_words(fixed)
    try:
        words = length_words(parse_length(option))
    except ScopeInvalid:
        return option
    return upper_first(words)


def _choose_length() -> None:
    option = (st.session_state[_KEY] or "").strip()
    if option != _FIXED:
        set_parameters({"window": [option] if option else [], "from": [], "to": []})


def _fixed_window() -> Scope | None:
    """The window that the link fixes by dates, as far as it can be read."""
    zone = link_zone()
    try:
        since, until = (parse_instant(param(key), zone) for key in ("from", "to"))
        return Scope(since, until, datetime.now(UTC), zone)
    except ScopeInvalid:
        return None


@dataclass(frozen=True)
class _Field:
    """A date and, if it is to the minute, a time. `key` of its widgets changes with the link."""

    key: str
    label: str
    day: date
    clock: time | None

    def draw(self) -> None:
        left, right = st.columns(2)
        left.date_input(self.label, self.day, key=f"{self.key} day", format="YYYY-MM-DD")
        right.time_input(
            "Time", self.clock, key=f"{self.key} time", help="Leave empty for the whole day."
        )

    def selected(self) -> tuple[date | None, time | None]:
        return st.session_state[f"{self.key} day"], st.session_state[f"{self.key} time"]


def _draw_dates(fixed: Scope | None) -> None:
    zone = link_zone()
    fields = _fields(fixed, zone)
    with st.form("fixed window", border=False):
        for field in fields:
            field.draw()
        st.caption(f"Leave times empty for whole days. Times in {zone}.")
        st.form_submit_button("Show", on_click=_fix, args=(*fields, zone))


def _fields(fixed: Scope | None, zone: str) -> tuple[_Field, _Field]:
    key = f"{param('from')} {param('to')} {zone}"
    if fixed is None:
        today = _last_day(zone)
        return _Field(f"from {key}", "From", today - 6 * _DAY, None), _Field(
            f"to {key}", "To (inclusive)", today, None
        )
    since, until = (at.astimezone(ZoneInfo(zone)) for at in (fixed.since, fixed.until))
    if is_whole_days(fixed):
        return _Field(f"from {key}", "From", since.date(), None), _Field(
            f"to {key}", "To (inclusive)", until.date() - _DAY, None
        )
    return _Field(f"from {key}", "From", since.date(), since.time()), _Field(
        f"to {key}", "To", until.date(), until.time()
    )


def _last_day(zone: str) -> date:
    """The day of the instant of asking."""
    try:
        as_of = parse_instant(param("as_of"), zone)
    except ScopeInvalid:
        as_of = datetime.now(UTC)
    return as_of.astimezone(ZoneInfo(zone)).date()


def _fix(first: _Field, last: _Field, zone: str) -> None:
    (since_day, since_clock), (until_day, until_clock) = first.selected(), last.selected()
    if since_day is None or until_day is None:
        return
    until_day = until_day if until_clock else until_day + _DAY
    since = datetime.combine(since_day, since_clock or time(), ZoneInfo(zone))
    until = datetime.combine(until_day, until_clock or time(), ZoneInfo(zone))
    set_parameters(
        {
            "window": [],
            "from": [instant_text(since)],
            "to": [instant_text(until)],
        }
    )
