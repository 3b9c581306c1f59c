"""Rated episodes as cards: the rating, the customer's words, and what became of the episode."""

from collections.abc import Iterable
from datetime import datetime

import streamlit as st

from dashboard.components.shared.links import conversation_link
from dashboard.components.shared.outcomes import outcome_html
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.metrics.value_words import value_words
from dashboard.postgres.read import FrameRow
from dashboard.reports.shared.moments import moment_words
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope

_LONGEST = 600


def draw_quotes(rows: Iterable, page_scope: OpenScope, scope: Scope, from_list: str) -> None:
    """`rows`: rated episodes of `reports/satisfaction`; each leads to its own.

    `from_list`: the link to the list they stand in, for going to the next one there.
    """
    query = from_list.partition("?")[2]
    cards = "".join(_card(row, page_scope, scope, query) for row in rows)
    st.html(f'<div class="cr"><div class="quotes">{cards}</div></div>')


def _card(row: FrameRow, page_scope: OpenScope, scope: Scope, query: str) -> str:
    link = conversation_link(page_scope, row.account_id, row.conversation_id, from_list=query)
    facts = [
        row.topic and value_words("topic", row.topic),
        row.channel and value_words("channel", row.channel),
        row.agent_version,
    ]
    return (
        f'<div class="quote"><div class="top">{_stars(int(row.rating))}'
        f'<span class="second">{_when(row.rated_at, scope)}</span></div>'
        f"{_comment_html(row.rating_comment)}"
        f'<div class="second">{outcome_html(row.outcome)}</div>'
        f'<div><a href="{as_html(link)}" target="_self">{inline_html(row.account_name)}</a>'
        f'<div class="second">{" · ".join(inline_html(fact) for fact in facts if fact)}</div></div>'
        "</div>"
    )


def _stars(rating: int) -> str:
    level = "low" if rating <= 2 else "high" if rating >= 4 else "middle"
    return f'<span class="stars" data-level="{level}">{rating}<small> of 5</small></span>'


def _comment_html(comment: str | None) -> str:
    words = (comment or "").strip()
    if not words:
        return '<div class="faint">No comment</div>'
    shown = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    return f'<div class="said">“{inline_html(shown)}”</div>'


def _when(rated_at: datetime, scope: Scope) -> str:
    return as_html(moment_words(rated_at, scope.as_of, scope.time_zone))
