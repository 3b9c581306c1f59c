"""One timeline of the account across systems, drawn in lanes; every mark leads to its conversations."""

from datetime import datetime

import streamlit as st

from dashboard.charts.timeline import timeline_figure
from dashboard.components.account.marks import lanes_of, marks_of
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.plain_text import as_html, as_markdown
from dashboard.reports.account.timeline import AccountTimeline, account_timeline, statements
from dashboard.reports.account.words import contents_words

_LEGEND = {
    "failed": "✕ failed",
    "recovered": "✕ failed, then recovered",
    "succeeded": "❘ jobs succeeded that day",
    "change": "◆ team change",
    "confirmed": "● confirmed",
    "assumed": "● assumed resolved",
    "escalated": "▲ escalated",
    "abandoned": "✕ abandoned",
    "ambiguous": "◇ ambiguous",
    "pending": "○ open",
    "handoff": "■ handoff",
    "waiting": "□ waiting for a human",
    "high": "★ rated 4 or 5",
    "middle": "★ rated 3",
    "low": "★ rated 1 or 2",
}
"""Kind of mark → its shape and what it means, as text."""


def read_timeline(context: PageContext) -> AccountTimeline:
    """The timeline of the page, read once for all of its panels."""
    return context.ask("timeline", account_timeline)


def draw_timeline(context: PageContext) -> None:
    """The figure with its legend and what it holds."""
    scope = context.scope()
    note = "Nested failed calls are shown as one mark. Drag to zoom in, double-click to reset."
    with panel("Timeline", (), statements(scope), note):
        found = read_timeline(context)
        lanes = lanes_of(found)
        if not lanes:
            st.caption("No events for this account in this period.")
            return
        marks = list(marks_of(found, lanes, context.page_scope, scope))
        st.html(_legend_html({mark.kind for mark in marks}))
        clickable(
            timeline_figure(marks, lanes, None, _window(found), scope.time_zone, "zoom"),
            "account timeline",
        )
        lines = [f"{contents_words(found)}.", *found.left_out]
        if found.bucketed_events:
            lines.append("Larger marks stand for more conversations.")
        st.caption(as_markdown(" ".join(lines)))


def _window(found: AccountTimeline) -> tuple[datetime, datetime]:
    margin = (found.until - found.since) * 0.01
    return found.since - margin, found.until + margin


def _legend_html(kinds: set[str]) -> str:
    parts = (
        f'<span data-kind="{kind}">{as_html(words)}</span>'
        for kind, words in _LEGEND.items()
        if kind in kinds
    )
    return f'<p class="cr legend">{" ".join(parts)}</p>'
