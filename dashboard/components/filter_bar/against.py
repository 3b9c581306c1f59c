"""The period that every change on the page is compared with; defined in `reports/shared/periods.py`."""

from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.components.filter_bar.zone import link_zone
from dashboard.components.shared.choices import param, selected, set_parameters, url_select
from dashboard.errors import ScopeInvalid
from dashboard.scope import parse_instant

_WORDS = {
    "before": "vs. previous period",
    "1w": "vs. same days earlier",
    "date": "vs. custom period",
}


def draw_against() -> None:
    """The list, and the start where one is to be chosen."""
    if url_select("against", _WORDS, "Compare", 240, "collapsed") == "date":
        current = _chosen_day()
        key = f"against_date {current}"
        st.date_input(
            "Starts on",
            current,
            key=key,
            format="YYYY-MM-DD",
            width=130,
            label_visibility="collapsed",
            on_change=_remember,
            args=(key,),
            help="The comparison period has the same length as the window. Without a start date, it is the "
            "previous period.",
        )


def _chosen_day() -> date | None:
    if selected("against", _WORDS) != "date" or not param("against_date"):
        return None
    try:
        since = parse_instant(param("against_date"), link_zone())
    except ScopeInvalid:
        return None
    return since.astimezone(ZoneInfo(link_zone())).date()


def _remember(key: str) -> None:
    day = st.session_state[key]
    set_parameters({"against_date": [day.isoformat()] if day else []})
