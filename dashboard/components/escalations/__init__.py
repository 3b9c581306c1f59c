"""The Escalations page: how many, when, why and to which queue; who is waiting and who got no answer."""

import streamlit as st

from dashboard.components.escalations.curve import ask_curves, draw_time_to_human
from dashboard.components.escalations.handoffs import (
    ask_unanswered,
    ask_waiting,
    draw_unanswered,
    draw_waiting,
)
from dashboard.components.escalations.hours import ask_hours, draw_hours
from dashboard.components.escalations.queues import ask_queues, draw_queues
from dashboard.components.escalations.reasons import ask_reasons, draw_reasons
from dashboard.components.escalations.volume import ask_volume, draw_volume
from dashboard.components.filter_bar.page_scope import open_scope_of_page
from dashboard.components.shared.breakdowns import draw_breakdown, prefetch_breakdown
from dashboard.components.shared.cards import Card, draw_cards
from dashboard.components.shared.choices import selected, url_radio
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.pages import page_for
from dashboard.components.shared.tables import load_table_style
from dashboard.metrics.registry import cards_on, trends_on
from dashboard.reports.shared.change import Headline, headlines

_OWN = ("shown", "by", "cells", "wait_in")
_HEADLINES = cards_on("escalations")
_LABELS = trends_on("escalations")


def show_escalations() -> None:
    """Draw the page for the link it was opened with."""
    context = PageContext("escalations", open_scope_of_page(page_for("escalations"), _OWN))
    load_table_style()
    key = selected("shown", _LABELS)
    with context.prefetch(
        _ask_headlines,
        lambda prefetch: ask_volume(prefetch, key),
        ask_curves,
        ask_waiting,
        ask_queues,
        ask_reasons,
        ask_hours,
        prefetch_breakdown(key),
        ask_unanswered,
    ):
        _draw(context, key)


def _draw(context: PageContext, key: str) -> None:
    st.title("Escalations")
    _draw_headlines(context)
    url_radio("shown", _LABELS)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_volume(context, key)
        draw_time_to_human(context)
    with right:
        draw_waiting(context)
        draw_queues(context)
    left, right = st.columns(2, gap="medium")
    with left:
        draw_reasons(context)
    with right:
        draw_hours(context)
    draw_breakdown(context, key)
    draw_unanswered(context)


def _ask_headlines(context: PageContext) -> dict[str, Headline]:
    return context.compare("headlines", lambda s, other: headlines(_HEADLINES, s, other=other))


def _draw_headlines(context: PageContext) -> None:
    found = _ask_headlines(context)
    draw_cards(
        Card(
            found[key],
            conversations_link(context.page_scope, key, sort=_order(key)),
            context.against(),
        )
        for key in _HEADLINES
    )


def _order(key: str) -> str | None:
    return "slowest human" if key == "open_handoffs" or key.startswith("time_to_human") else None
