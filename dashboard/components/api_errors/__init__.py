"""The API errors page: what fails, since when, for whom and with what consequences; one group; one trace."""

from pathlib import Path

import streamlit as st

from dashboard.components.api_errors.calls import (
    ask_calls,
    draw_call_filters,
    draw_figures_over_time,
    prefetch_figures,
)
from dashboard.components.api_errors.group import show_group
from dashboard.components.api_errors.groups import ask_groups, draw_groups
from dashboard.components.api_errors.latency import ask_latency, draw_latency
from dashboard.components.api_errors.silent import ask_silent_failures, draw_silent_failures
from dashboard.components.api_errors.trace import show_trace
from dashboard.components.filter_bar.page_scope import open_scope_of_page
from dashboard.components.shared.cards import Card, draw_cards
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.pages import page_for
from dashboard.components.shared.plain_text import as_markdown
from dashboard.metrics.registry import cards_on
from dashboard.reports.shared.change import Headline, headlines
from dashboard.reports.shared.drivers import Drivers, drivers, sentence
from dashboard.scope_url import EPISODE_FILTERS

_OWN = (
    "group",
    "trace",
    "span",
    "shown",
    "lines",
    "find",
    "only",
    "order",
    "every_group",
    "rule",
    "horizon",
    "by",
)
_FILTERS = (*EPISODE_FILTERS, "system", "name", "operation", "origin")
_HEADLINES = cards_on("api_errors")


def show_api_errors() -> None:
    """Draw the overview, or the error group or the trace that the link names."""
    st.html(Path(__file__).parent / "api_errors.css")
    context = PageContext("api_errors", open_scope_of_page(page_for("api_errors"), _OWN, _FILTERS))
    if trace := _given("trace"):
        show_trace(context, trace, _given("account"), _given("span"))
    elif group := _given("group"):
        show_group(context, group)
    else:
        with context.prefetch(
            _ask_headlines,
            ask_groups,
            ask_calls,
            _ask_drivers,
            prefetch_figures(),
            ask_latency,
            ask_silent_failures,
        ):
            _show_overview(context)


def _given(key: str) -> str:
    # PostgreSQL holds no NUL, and half a surrogate pair has no UTF-8 form.
    text = st.query_params.get(key, "").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _ask_headlines(context: PageContext) -> dict[str, Headline]:
    return context.compare("headlines", lambda s, other: headlines(_HEADLINES, s, other=other))


def _ask_drivers(context: PageContext) -> Drivers:
    rate = _ask_headlines(context)["api_error_rate"]
    return context.compare(
        "drivers", lambda s, other: drivers(rate.metric.key, s, other, "system", rate)
    )


def _show_overview(context: PageContext) -> None:
    head = st.container(horizontal=True, vertical_alignment="center", key="api_errors_head")
    head.title("API errors", width="stretch")
    found = _ask_headlines(context)
    st.markdown(as_markdown(sentence(_ask_drivers(context), context.against())))
    draw_cards(
        Card(found[key], conversations_link(context.page_scope, key), context.against())
        for key in _HEADLINES
    )
    # The filter options take longer to read than the figures.
    with head:
        draw_call_filters(context)
    draw_figures_over_time(context)
    draw_groups(context)
    draw_latency(context)
    draw_silent_failures(context)
