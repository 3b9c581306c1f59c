"""Customer comments, page by page, each with its conversation."""

import streamlit as st

from dashboard.components.satisfaction.quotes import draw_quotes
from dashboard.components.shared.choices import selected, url_pager, url_radio
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.tables import say
from dashboard.metrics.formatting import count_text
from dashboard.reports.satisfaction.comments import (
    CommentCounts,
    comment_counts,
    comments,
    comments_statement,
)

_ORDERS = {"newest": "Newest", "lowest rating": "Lowest", "highest rating": "Highest"}
_LABELS = {"all": "All", "low": "1–2", "middle": "3", "high": "4–5"}


def ask_comment_counts(context: PageContext, dating: str) -> CommentCounts:
    """How many comments there are by rating."""
    return context.ask("comment counts", lambda s: comment_counts(s, dating), dating)


def draw_comments(context: PageContext, dating: str) -> None:
    """The panel; which ones, their order and the page are kept in the link."""
    beside, order = selected("beside", _LABELS), selected("order", _ORDERS)
    statements = {"comments": comments_statement(context.scope(), dating, beside, order, 1)}
    with panel("Comments", ["ratings"], statements):
        counts = ask_comment_counts(context, dating)
        if not counts.comments["all"]:
            st.caption("No comments in this period.")
            return
        say(
            f"{count_text(counts.comments['all'], 'comment')} on"
            f" {count_text(counts.ratings, 'rating')}."
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            url_radio(
                "beside",
                {key: f"{label} · {counts.comments[key]:,}" for key, label in _LABELS.items()},
            )
            url_radio("order", _ORDERS)
        _draw_page(context, dating, beside, order, counts)


def _draw_page(
    context: PageContext, dating: str, beside: str, order: str, counts: CommentCounts
) -> None:
    if not counts.comments[beside]:
        st.caption("No comments with this rating.")
        return
    # The pager is drawn below the quotes but read first: it says which page to show.
    quotes = st.container()
    pages = counts.pages(beside)
    page = url_pager("comments", pages, max_visible_pages=5)
    with quotes:
        rows = context.ask(
            "comments",
            lambda s: comments(s, dating, beside, order, page),
            dating,
            beside,
            order,
            page,
        )
        draw_quotes(
            rows.itertuples(), context.page_scope, context.scope(), _list_link(context, dating)
        )


def _list_link(context: PageContext, dating: str) -> str:
    return conversations_link(
        context.page_scope, "ratings", dating="event" if dating == "event" else None
    )
