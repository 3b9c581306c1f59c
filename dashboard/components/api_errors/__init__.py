"""The API errors page: what fails, since when, for whom and with what after-effects; one group; one trace."""

from pathlib import Path

import streamlit as st

from dashboard.components.api_errors.calls import draw_call_filters, draw_figures_over_time
from dashboard.components.api_errors.group import show_group
from dashboard.components.api_errors.groups import draw_groups
from dashboard.components.api_errors.latency import draw_latency
from dashboard.components.api_errors.silent import draw_silent_failures
from dashboard.components.api_errors.trace import show_trace
from dashboard.components.asking import Asking
from dashboard.components.cards import Card, draw_cards
from dashboard.components.filter_bar.asked import open_scope_of_page
from dashboard.components.links import conversations_link
from dashboard.components.places import place_of
from dashboard.components.plain_text import as_markdown
from dashboard.reports.change import headlines
from dashboard.reports.drivers import drivers, sentence
from dashboard.scope_url import EPISODE_FILTERS

_OWN = (
    "group", "trace", "span", "shown", "lines", "find", "only", "order", "every_group", "rule",
    "horizon", "by",
)  # fmt: skip
_FILTERS = (*EPISODE_FILTERS, "system", "name", "operation", "origin")
_HEADLINES = (
    "spans",
    "failed_spans",
    "api_error_rate",
    "unrecovered_error_rate",
    "latency_p95",
    "silent_failures",
)


def show_api_errors() -> None:
    """The whole page, or the error group or the trace that the link names."""
    st.html(Path(__file__).parent / "api_errors.css")
    asking = Asking("api_errors", open_scope_of_page(place_of("api_errors"), _OWN, _FILTERS))
    if trace := _given("trace"):
        show_trace(asking, trace, _given("account"), _given("span"))
    elif group := _given("group"):
        show_group(asking, group)
    else:
        _show_overview(asking)


def _given(key: str) -> str:
    # PostgreSQL holds no NUL, and half a surrogate pair has no UTF-8 form.
    text = st.query_params.get(key, "").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _show_overview(asking: Asking) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="api_errors_head"):
        st.title("API errors", width="stretch")
        draw_call_filters(asking)
    found = asking.compare(
        "headlines", lambda s, other: headlines(list(_HEADLINES), s, other=other)
    )
    rate = found["api_error_rate"]
    moved = asking.compare(
        "drivers", lambda s, other: drivers(rate.metric.key, s, other, "system", rate)
    )
    st.markdown(as_markdown(sentence(moved, asking.against())))
    draw_cards(
        Card(found[key], conversations_link(asking.asked, key), asking.against())
        for key in _HEADLINES
    )
    draw_figures_over_time(asking)
    draw_groups(asking)
    draw_latency(asking)
    draw_silent_failures(asking)
