"""Handoffs one by one: those waiting now, longest first, and those that got no reply."""

import pandas as pd
import streamlit as st

from dashboard.components.shared.links import conversation_link, conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.tables import Cell, Column, draw_table, more_link, say
from dashboard.metrics.formatting import (
    UNKNOWN_VALUE,
    count_text,
    duration_text,
    instant_words,
    range_text,
    value_text,
)
from dashboard.metrics.value_words import reason_phrase, value_words
from dashboard.postgres.read import FrameRow
from dashboard.query.explaining import Shown
from dashboard.query.measure import measure, questions
from dashboard.reports.escalations.handoffs import (
    Handoffs,
    unanswered,
    unanswered_statement,
    waiting,
    waiting_statement,
)
from dashboard.reports.shared.moments import moment_words
from dashboard.scope import Scope

_UNANSWERED = "unanswered_rate"
_MOST_WAITING = 8
_MOST_UNANSWERED = 10
_REFRESH_SECONDS = 60.0


def ask_waiting(context: PageContext) -> Handoffs:
    """The handoffs waiting for a human."""
    return context.ask("waiting", lambda s: waiting(s, _MOST_WAITING))


def ask_unanswered(context: PageContext) -> Handoffs:
    """The handoffs that got no human reply."""
    return context.ask("unanswered", lambda s: unanswered(s, _MOST_UNANSWERED))


def draw_waiting(context: PageContext) -> None:
    """The handoffs waiting at the end of the window; while that is now, the panel refreshes itself."""
    is_now = context.page_scope.is_live and context.page_scope.length is not None
    st.fragment(_draw_waiting, run_every=_REFRESH_SECONDS if is_now else None)(context, is_now)


def _draw_waiting(context: PageContext, is_now: bool) -> None:
    scope = context.scope()
    instant = min(scope.until, scope.as_of)
    title = "Waiting now" if is_now else f"Waiting at {instant_words(instant, scope.time_zone)}"
    statements = {"waiting handoffs": waiting_statement(scope, _MOST_WAITING)}
    with panel(title, ["open_handoffs"], statements):
        found = ask_waiting(context)
        if not found.total:
            say("No handoffs waiting.")
            return
        oldest = duration_text(found.rows["waited_s"].iloc[0])
        say(f"{count_text(found.total, 'handoff')} waiting, the longest for {oldest}.")
        link = conversations_link(context.page_scope, "open_handoffs", sort="slowest human")
        draw_table(
            (Column("Waiting"), Column("Account"), Column("About")),
            [_waiting_row(context, row, link, scope) for row in found.rows.itertuples()],
            row_links=True,
        )
        if found.total > len(found.rows):
            more_link(link, f"All {found.total:,}, longest first")


def _waiting_row(context: PageContext, row: FrameRow, link: str, scope: Scope) -> list[Cell]:
    since = moment_words(row.handoff_at, scope.as_of, scope.time_zone)
    queue, channel = value_words("queue", row.handoff_queue), value_words("channel", row.channel)
    return [
        Cell(duration_text(row.waited_s), f"since {since}", _conversation(context, row, link)),
        Cell(row.account_name, (row.plan and value_words("plan", row.plan)) or ""),
        Cell(
            _about(row),
            f"queue {queue} · {channel}",
        ),
    ]


def draw_unanswered(context: PageContext) -> None:
    """Handoffs whose episode ended without a human reply: how many, which share, and the newest."""
    scope = context.scope()
    queries = questions([_UNANSWERED], [scope])
    statements: dict[str, Shown] = {**queries}
    statements["newest unanswered"] = unanswered_statement(scope, _MOST_UNANSWERED)
    with panel("Unanswered escalations", [_UNANSWERED], statements):
        figure = context.ask("unanswered rate", lambda s: measure([_UNANSWERED], s).iloc[0])
        if not figure["denominator"]:
            st.caption("No handoffs in this period, or all are still waiting.")
            return
        found = ask_unanswered(context)
        say(_unanswered_words(figure))
        if found.total:
            _draw_unanswered_rows(context, found, scope)


def _unanswered_words(figure: pd.Series) -> str:
    lost, closed = int(figure["numerator"]), int(figure["denominator"])
    if not lost:
        return f"All handoffs no longer waiting were answered (n {closed:,})."
    return (
        f"{lost:,} of {count_text(closed, 'handoff')} ended without a human reply:"
        f" {value_text('share', figure['value'])}"
        f" (95 % {range_text('share', figure['low'], figure['high'])})."
    )


def _draw_unanswered_rows(context: PageContext, found: Handoffs, scope: Scope) -> None:
    link = conversations_link(context.page_scope, _UNANSWERED, "numerator")
    draw_table(
        (
            Column("Handoff"),
            Column("Ended after"),
            Column("Account"),
            Column("About"),
            Column("Queue"),
        ),
        [_unanswered_row(context, row, link, scope) for row in found.rows.itertuples()],
        row_links=True,
    )
    if found.total > len(found.rows):
        more_link(link, f"All {found.total:,}")


def _unanswered_row(context: PageContext, row: FrameRow, link: str, scope: Scope) -> list[Cell]:
    is_timed = not row.times_placed and not pd.isna(row.waited_s)
    return [
        Cell(
            moment_words(row.handoff_at, scope.as_of, scope.time_zone),
            link=_conversation(context, row, link),
        ),
        Cell(duration_text(row.waited_s) if is_timed else UNKNOWN_VALUE),
        Cell(row.account_name, (row.plan and value_words("plan", row.plan)) or ""),
        Cell(value_words("topic", row.topic), _reason(row)),
        Cell(value_words("queue", row.handoff_queue), value_words("channel", row.channel)),
    ]


def _conversation(context: PageContext, row: FrameRow, link: str) -> str:
    return conversation_link(
        context.page_scope, row.account_id, row.conversation_id, from_list=link.partition("?")[2]
    )


def _about(row: FrameRow) -> str:
    reason = _reason(row)
    topic = value_words("topic", row.topic)
    return f"{topic} · {reason}" if reason else topic


def _reason(row: FrameRow) -> str:
    return reason_phrase(row.handoff_reason) if row.handoff_reason else ""
