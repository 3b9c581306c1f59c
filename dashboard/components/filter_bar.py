"""The filter bar that pages share: window, instant and filters, kept in the link."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.components.plain_text import as_markdown
from dashboard.reports.filters import filter_values
from dashboard.scope_url import EPISODE_FILTERS, OpenScope, read_open_scope
from dashboard.settings import settings
from dashboard.warehouse.shared import shared

WINDOWS = ("1h", "4h", "24h", "7d", "28d", "90d")
_LABELS = {
    "topic": "Topic",
    "channel": "Channel",
    "version": "Agent version",
    "language": "Language",
    "plan": "Plan",
    "source": "Source",
}
_VALUES_SECONDS = 300.0


def draw_filter_bar() -> None:
    """Draw the bar. Its widgets write to the link; `open_scope_of_page` reads it."""
    values = offered_values()
    chosen = sum(bool(st.query_params.get_all(key)) for key in _LABELS)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filter_bar"):
        draw_window()
        with st.popover(f"Filters · {chosen}" if chosen else "Filters", icon=":material/tune:"):
            for key, label in _LABELS.items():
                st.multiselect(
                    label, values.get(key, []), key=key, bind="query-params",
                    accept_new_options=True, placeholder="All",
                )  # fmt: skip


def draw_window() -> None:
    """Draw the window and the instant alone, for a page that has filters of its own."""
    st.selectbox(
        "Window", WINDOWS, index=None, key="window", bind="query-params",
        placeholder="Usual window", accept_new_options=True, label_visibility="collapsed",
        width=150,
    )  # fmt: skip
    st.text_input(
        "As of", key="as_of", bind="query-params", placeholder="As of now",
        label_visibility="collapsed", width=200,
        help="Shows everything as it stood at that instant, for example 2026-03-02T09:40.",
    )  # fmt: skip


def offered_values() -> dict[str, list[str]]:
    """Filter → the values that the bar offers, as text; nothing where they could not be read."""
    offered = shared("filter values", lambda: filter_values(datetime.now(UTC)), _VALUES_SECONDS)
    return offered.value or {}


def open_scope_of_page(
    default_length: timedelta, known_filters: tuple[str, ...] = EPISODE_FILTERS
) -> OpenScope:
    """The scope that the link names; what it says wrongly is left out, with a line about it."""
    parameters = {key: st.query_params.get_all(key) for key in st.query_params}
    open_scope, problems = read_open_scope(
        parameters, default_length, settings().reporting_time_zone, known_filters
    )
    for problem in problems:
        st.warning(as_markdown(problem), icon=":material/link_off:")
    return open_scope
