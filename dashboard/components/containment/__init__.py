"""The Containment page: how much the AI contains and resolves, and what changed it."""

import streamlit as st

from dashboard.components.containment.drivers import draw_drivers, prefetch_drivers
from dashboard.components.containment.rules import (
    ask_funnel,
    ask_switchboard,
    draw_funnel,
    draw_switchboard,
)
from dashboard.components.containment.versions import ask_versions, draw_versions
from dashboard.components.filter_bar.page_scope import open_scope_of_page
from dashboard.components.shared.breakdowns import draw_breakdown, prefetch_breakdown
from dashboard.components.shared.cards import Card, draw_cards
from dashboard.components.shared.choices import selected, url_radio
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.pages import page_for
from dashboard.components.shared.trends import ask_trend, draw_trend
from dashboard.metrics.registry import cards_on, trends_on
from dashboard.reports.shared.change import Headline, headlines

_OWN = ("shown", "by", "split", "v1", "v2")
_HEADLINES = cards_on("containment")
_LABELS = trends_on("containment")


def show_containment() -> None:
    """Draw the page for the link it was opened with."""
    context = PageContext("containment", open_scope_of_page(page_for("containment"), _OWN))
    key = selected("shown", _LABELS)
    with context.prefetch(
        _ask_headlines,
        lambda prefetch: ask_trend(prefetch, key),
        ask_funnel,
        prefetch_breakdown(key),
        prefetch_drivers(key),
        ask_versions,
        ask_switchboard,
    ):
        _draw(context, key)


def _draw(context: PageContext, key: str) -> None:
    st.title("Containment")
    _draw_headlines(context)
    url_radio("shown", _LABELS)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_trend(context, key)
    with right:
        draw_funnel(context)
    draw_breakdown(context, key)
    draw_drivers(context, key)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_versions(context, key)
    with right:
        draw_switchboard(context)


def _ask_headlines(context: PageContext) -> dict[str, Headline]:
    return context.compare("headlines", lambda s, other: headlines(_HEADLINES, s, other=other))


def _draw_headlines(context: PageContext) -> None:
    found = _ask_headlines(context)
    draw_cards(
        Card(found[key], conversations_link(context.page_scope, key), context.against())
        for key in _HEADLINES
    )
