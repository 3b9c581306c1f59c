"""The filter bar that pages share: window, comparison, instant, filters and saved views, kept in the link."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from dashboard.components.filter_bar.against import draw_against
from dashboard.components.filter_bar.clock import draw_clock
from dashboard.components.filter_bar.views import draw_views
from dashboard.components.filter_bar.window import draw_window
from dashboard.components.shared.choices import url_multiselect
from dashboard.components.shared.pages import ABOUT_ONE_ACCOUNT, PageSpec
from dashboard.metrics.dimensions import EPISODE_DIMENSIONS
from dashboard.query.cache import cached
from dashboard.reports.shared.filters import filter_values

_STYLE = Path(__file__).parent / "filter_bar.css"
_VALUES_SECONDS = 300.0


def draw_filter_bar(here: PageSpec) -> None:
    """Draw the bar. Its widgets write to the link; `open_scope_of_page` reads it.

    `here`: the page that is shown.
    """
    st.html(_STYLE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filter_bar"):
        draw_window(here)
        if here.compares:
            draw_against()
        draw_clock()
        if here.file not in ABOUT_ONE_ACCOUNT:
            _draw_filters()
        draw_views(here)


def _draw_filters() -> None:
    values = offered_values()
    chosen = sum(bool(st.query_params.get_all(one.key)) for one in EPISODE_DIMENSIONS)
    with st.popover(f"Filters · {chosen}" if chosen else "Filters", icon=":material/tune:"):
        for one in EPISODE_DIMENSIONS:
            url_multiselect(one.key, values.get(one.key, []), one.label, help=one.description)


def offered_values() -> dict[str, list[str]]:
    """Filter → the values that the bar offers, as text; empty where they could not be read."""
    filter_options = cached(
        "filter values", lambda: filter_values(datetime.now(UTC)), _VALUES_SECONDS
    )
    return filter_options.value or {}
