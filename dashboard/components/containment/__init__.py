"""The Containment page: how much the AI contains and resolves, why that moved, and by whose rule."""

import streamlit as st

from dashboard.components.containment.drivers import ahead_of_drivers, draw_drivers
from dashboard.components.containment.rules import (
    ask_funnel,
    ask_switchboard,
    draw_funnel,
    draw_switchboard,
)
from dashboard.components.containment.versions import ask_versions, draw_versions
from dashboard.components.filter_bar.asked import open_scope_of_page
from dashboard.components.shared.breakdowns import ahead_of_breakdown, draw_breakdown
from dashboard.components.shared.cards import Card, draw_cards
from dashboard.components.shared.choices import choose, chosen
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import Asking
from dashboard.components.shared.pages import place_of
from dashboard.components.shared.trends import ask_trend, draw_trend
from dashboard.metrics.registry import METRICS
from dashboard.reports.shared.change import Headline, headlines

_OWN = ("shown", "by", "split", "v1", "v2")
_HEADLINES = [
    "containment_rate",
    "resolution_rate",
    "confirmed_share",
    "durable_resolution_rate_24h",
    "durable_resolution_rate_72h",
    "automation_rate",
]
_SHOWN = [
    "containment_rate",
    "resolution_rate",
    "durable_resolution_rate_24h",
    "durable_resolution_rate_72h",
    "durable_resolution_rate_7d",
    "automation_rate",
]


_LABELS = {key: METRICS[key].label for key in _SHOWN}


def show_containment() -> None:
    """The whole page, from the link it was opened with."""
    asking = Asking("containment", open_scope_of_page(place_of("containment"), _OWN))
    key = chosen("shown", _LABELS)
    with asking.ahead(
        _ask_headlines,
        lambda ahead: ask_trend(ahead, key),
        ask_funnel,
        ahead_of_breakdown(key),
        ahead_of_drivers(key),
        ask_versions,
        ask_switchboard,
    ):
        _draw(asking, key)


def _draw(asking: Asking, key: str) -> None:
    st.title("Containment")
    _draw_headlines(asking)
    choose("shown", _LABELS)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_trend(asking, key)
    with right:
        draw_funnel(asking)
    draw_breakdown(asking, key)
    draw_drivers(asking, key)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_versions(asking, key)
    with right:
        draw_switchboard(asking)


def _ask_headlines(asking: Asking) -> dict[str, Headline]:
    return asking.compare("headlines", lambda s, other: headlines(_HEADLINES, s, other=other))


def _draw_headlines(asking: Asking) -> None:
    found = _ask_headlines(asking)
    draw_cards(
        Card(found[key], conversations_link(asking.asked, key), asking.against())
        for key in _HEADLINES
    )
