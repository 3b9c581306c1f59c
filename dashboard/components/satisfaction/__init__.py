"""The Satisfaction page: how customers rate, response bias, and their comments."""

import streamlit as st

from dashboard.components.filter_bar.page_scope import open_scope_of_page
from dashboard.components.satisfaction.bias import ask_bias, draw_bias
from dashboard.components.satisfaction.comments import ask_comment_counts, draw_comments
from dashboard.components.satisfaction.contained import ask_low_on_contained, draw_low_on_contained
from dashboard.components.satisfaction.ratings import (
    ask_distribution,
    ask_handlers,
    draw_distribution,
    draw_handlers,
)
from dashboard.components.shared.breakdowns import draw_breakdown, prefetch_breakdown
from dashboard.components.shared.cards import Card, draw_cards
from dashboard.components.shared.choices import selected, url_radio
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.pages import page_for
from dashboard.components.shared.tables import load_table_style
from dashboard.components.shared.trends import ask_trend, draw_trend
from dashboard.metrics.registry import cards_on, trends_on
from dashboard.reports.shared.change import Headline, headlines

_OWN = ("dating", "shown", "by", "beside", "order", "comments")
_HEADLINES = cards_on("satisfaction")
_LABELS = trends_on("satisfaction")
_DATINGS = {"episode": "Dated by episode", "event": "Dated by rating"}
_DATING_WORDS = {
    "episode": "Ratings count in the period in which their episode started, whenever they were given.",
    "event": "Ratings count in the period in which they were given, as on the wall. Response rate and"
    " response bias stay dated by episode, since unrated episodes have no rating date.",
}


def show_satisfaction() -> None:
    """Draw the page for the link it was opened with."""
    context = PageContext("satisfaction", open_scope_of_page(page_for("satisfaction"), _OWN))
    load_table_style()
    key, dating = selected("shown", _LABELS), selected("dating", _DATINGS)
    with context.prefetch(
        lambda prefetch: _ask_headlines(prefetch, dating),
        # Drawn far below but the slowest: every comment is read.
        lambda prefetch: ask_comment_counts(prefetch, dating),
        lambda prefetch: ask_trend(prefetch, key, dating),
        lambda prefetch: ask_distribution(prefetch, dating),
        lambda prefetch: ask_handlers(prefetch, dating),
        ask_bias,
        prefetch_breakdown(key, dating),
        lambda prefetch: ask_low_on_contained(prefetch, dating),
    ):
        _draw(context, key, dating)


def _draw(context: PageContext, key: str, dating: str) -> None:
    st.title("Satisfaction")
    url_radio("dating", _DATINGS)
    st.caption(_DATING_WORDS[dating])
    _draw_headlines(context, dating)
    url_radio("shown", _LABELS)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_trend(context, key, dating, height=300)
    with right:
        draw_distribution(context, dating)
    left, right = st.columns(2, gap="medium")
    with left:
        draw_handlers(context, dating)
    with right:
        draw_bias(context)
    draw_breakdown(context, key, dating)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_comments(context, dating)
    with right:
        draw_low_on_contained(context, dating)


def _ask_headlines(context: PageContext, dating: str) -> dict[str, Headline]:
    return context.compare(
        "headlines", lambda s, other: headlines(_HEADLINES, s, dating, other), dating
    )


def _draw_headlines(context: PageContext, dating: str) -> None:
    found = _ask_headlines(context, dating)
    draw_cards(
        Card(
            found[key],
            conversations_link(
                context.page_scope, key, dating="event" if dating == "event" else None
            ),
            context.against(),
        )
        for key in _HEADLINES
    )
