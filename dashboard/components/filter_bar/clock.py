"""The as-of time and the time zone of everything on the page."""

from contextlib import suppress
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

from dashboard.components.filter_bar.zone import link_zone
from dashboard.components.shared.choices import param, set_parameters, url_text
from dashboard.components.shared.plain_text import as_markdown
from dashboard.errors import ScopeInvalid
from dashboard.reports.shared.moments import moment_words
from dashboard.scope import instant_text, parse_instant
from dashboard.settings import settings

_REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)
_KEY = "choice tz"


def draw_clock() -> None:
    """One button that shows both, and the fields that change them."""
    zone = link_zone()
    place = zone.rpartition("/")[2].replace("_", " ")
    label = as_markdown(f"{_instant_words(zone)} · {place}")
    with st.popover(label, icon=":material/schedule:"):
        url_text(
            "as_of",
            "As of",
            placeholder="Now",
            help="Shows everything as it was at that time, for example 2026-03-02T09:40.",
        )
        zones = _zones(zone)
        if st.session_state.get(_KEY) != zone:
            st.session_state[_KEY] = zone
        st.selectbox(
            "Time zone",
            list(zones),
            format_func=lambda key: zones.get(key, key),
            key=_KEY,
            on_change=_choose_zone,
            args=(zone,),
        )
        st.caption("Days, hours and times use this time zone.")


def _choose_zone(before: str) -> None:
    zone = st.session_state[_KEY]
    found = {"tz": [] if zone == settings().reporting_time_zone else [zone]}
    # What was entered in the other time zone stays the same instant.
    for key in ("from", "to", "as_of"):
        with suppress(ScopeInvalid):
            found[key] = [instant_text(parse_instant(param(key), before))]
    set_parameters(found)


def _instant_words(zone: str) -> str:
    text = param("as_of")
    if not text:
        return "Now"
    try:
        instant = parse_instant(text, zone)
    except ScopeInvalid:
        return "Now"
    words = moment_words(instant, datetime.now(ZoneInfo(zone)), zone)
    # Without the weekday: the bar is one line.
    return f"As of {words.partition(' ')[2] if ',' in words else words}"


def _zones(zone: str) -> dict[str, str]:
    usual = settings().reporting_time_zone
    names = dict.fromkeys((usual, "UTC", zone, *_named_zones()))
    return {name: name.replace("_", " ") for name in names}


@cache
def _named_zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in available_timezones() if name.startswith(_REGIONS)))
