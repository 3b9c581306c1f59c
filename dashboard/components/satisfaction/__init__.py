"""The Satisfaction page: how customers rate, who does and who does not, and what they write."""

import streamlit as st

from dashboard.components.filter_bar.asked import open_scope_of_page
from dashboard.components.satisfaction.bias import ask_bias, draw_bias
from dashboard.components.satisfaction.comments import ask_comment_counts, draw_comments
from dashboard.components.satisfaction.contained import ask_low_on_contained, draw_low_on_contained
from dashboard.components.satisfaction.ratings import (
    ask_distribution,
    ask_handlers,
    draw_distribution,
    draw_handlers,
)
from dashboard.components.shared.breakdowns import ahead_of_breakdown, draw_breakdown
from dashboard.components.shared.cards import Card, draw_cards
from dashboard.components.shared.choices import choose, chosen
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import Asking
from dashboard.components.shared.pages import place_of
from dashboard.components.shared.tables import load_table_style
from dashboard.components.shared.trends import ask_trend, draw_trend
from dashboard.metrics.registry import METRICS
from dashboard.reports.shared.change import Headline, headlines

_OWN = ("dating", "shown", "by", "beside", "order", "comments")
_HEADLINES = ["csat", "csat_mean", "ratings", "csat_response_rate", "contained_low_rate"]
_LABELS = {key: METRICS[key].label for key in _HEADLINES}
_DATINGS = {"episode": "Dated by episode", "event": "Dated by rating"}
_DATING_WORDS = {
    "episode": "A rating is dated by the start of its episode: what was done in this window, and how"
    " it was rated since.",
    "event": "A rating is dated by when it was given, as on the wall. Response rate and who rates"
    " stay with the episode: an episode that nobody rated has no other date.",
}


def show_satisfaction() -> None:
    """The whole page, from the link it was opened with."""
    asking = Asking("satisfaction", open_scope_of_page(place_of("satisfaction"), _OWN))
    load_table_style()
    key, dating = chosen("shown", _LABELS), chosen("dating", _DATINGS)
    with asking.ahead(
        lambda ahead: _ask_headlines(ahead, dating),
        # Drawn far below, and the longest: every comment is looked at.
        lambda ahead: ask_comment_counts(ahead, dating),
        lambda ahead: ask_trend(ahead, key, dating),
        lambda ahead: ask_distribution(ahead, dating),
        lambda ahead: ask_handlers(ahead, dating),
        ask_bias,
        ahead_of_breakdown(key, dating),
        lambda ahead: ask_low_on_contained(ahead, dating),
    ):
        _draw(asking, key, dating)


def _draw(asking: Asking, key: str, dating: str) -> None:
    st.title("Satisfaction")
    choose("dating", _DATINGS)
    st.caption(_DATING_WORDS[dating])
    _draw_headlines(asking, dating)
    choose("shown", _LABELS)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_trend(asking, key, dating, height=300)
    with right:
        draw_distribution(asking, dating)
    left, right = st.columns(2, gap="medium")
    with left:
        draw_handlers(asking, dating)
    with right:
        draw_bias(asking)
    draw_breakdown(asking, key, dating)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_comments(asking, dating)
    with right:
        draw_low_on_contained(asking, dating)


def _ask_headlines(asking: Asking, dating: str) -> dict[str, Headline]:
    return asking.compare(
        "headlines", lambda s, other: headlines(_HEADLINES, s, dating, other), dating
    )


def _draw_headlines(asking: Asking, dating: str) -> None:
    found = _ask_headlines(asking, dating)
    draw_cards(
        Card(
            found[key],
            conversations_link(asking.asked, key, dating="event" if dating == "event" else None),
            asking.against(),
        )
        for key in _HEADLINES
    )
