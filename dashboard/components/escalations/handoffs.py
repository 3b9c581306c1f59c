"""Handoffs one by one: who waits now, the oldest on top, and whom nobody answered."""

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
from dashboard.postgres.read import FrameRow
from dashboard.query.measure import measure, questions
from dashboard.reports.escalations.handoffs import (
    Handoffs,
    unanswered,
    unanswered_statement,
    waiting,
    waiting_statement,
)
from dashboard.reports.shared.moments import moment_words
from dashboard.reports.shared.verdict import REASON_WORDS
from dashboard.scope import Scope, filter_text

_UNANSWERED = "unanswered_rate"
_MOST_WAITING = 8
_MOST_UNANSWERED = 10
_REFRESH_SECONDS = 60.0


def ask_waiting(context: PageContext) -> Handoffs:
    """Who waits for a human."""
    return context.ask("waiting", lambda s: waiting(s, _MOST_WAITING))


def ask_unanswered(context: PageContext) -> Handoffs:
    """Whom nobody answered."""
    return context.ask("unanswered", lambda s: unanswered(s, _MOST_UNANSWERED))


def draw_waiting(context: PageContext) -> None:
    """Who waits at the end of the window; while that is now, it keeps itself up to date."""
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
            say("Nobody waits for a human.")
            return
        oldest = duration_text(found.rows["waited_s"].iloc[0])
        verb = "waits" if found.total == 1 else "wait"
        say(f"{count_text(found.total, 'handoff')} {verb}, the oldest for {oldest}.")
        link = conversations_link(context.page_scope, "open_handoffs", sort="slowest human")
        draw_table(
            (Column("Waits for"), Column("Account"), Column("About")),
            [_waiting_row(context, row, link, scope) for row in found.rows.itertuples()],
            row_links=True,
        )
        if found.total > len(found.rows):
            more_link(link, f"All {found.total:,}, the oldest first")


def _waiting_row(context: PageContext, row: FrameRow, link: str, scope: Scope) -> list[Cell]:
    since = moment_words(row.handoff_at, scope.as_of, scope.time_zone)
    return [
        Cell(duration_text(row.waited_s), f"since {since}", _conversation(context, row, link)),
        Cell(row.account_name, row.plan or ""),
        Cell(_about(row), f"queue {filter_text(row.handoff_queue)} · {row.channel}"),
    ]


def draw_unanswered(context: PageContext) -> None:
    """Handoffs whose episode ended without a human reply: how many, which share, and the newest."""
    scope = context.scope()
    asked = questions([_UNANSWERED], [scope])
    statements = {fact: question.statement for fact, question in asked.items()}
    statements["the newest of them"] = unanswered_statement(scope, _MOST_UNANSWERED)
    with panel("Escalations nobody answered", [_UNANSWERED], statements):
        figure = context.ask("unanswered rate", lambda s: measure([_UNANSWERED], s).iloc[0])
        if not figure["denominator"]:
            st.caption("No handoff in this window that no longer waits.")
            return
        found = ask_unanswered(context)
        say(_unanswered_words(figure))
        if found.total:
            _draw_unanswered_rows(context, found, scope)


def _unanswered_words(figure: pd.Series) -> str:
    gone, over = int(figure["numerator"]), int(figure["denominator"])
    if not gone:
        return f"All {count_text(over, 'handoff')} that no longer wait were answered."
    return (
        f"{gone:,} of {count_text(over, 'handoff')} ended without a human reply:"
        f" {value_text('share', figure['value'])}"
        f" (95 % {range_text('share', figure['low'], figure['high'])})."
    )


def _draw_unanswered_rows(context: PageContext, found: Handoffs, scope: Scope) -> None:
    link = conversations_link(context.page_scope, _UNANSWERED, "numerator")
    draw_table(
        (
            Column("Asked for a human"),
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
        Cell(row.account_name, row.plan or ""),
        Cell(filter_text(row.topic), _reason(row)),
        Cell(filter_text(row.handoff_queue), row.channel),
    ]


def _conversation(context: PageContext, row: FrameRow, link: str) -> str:
    return conversation_link(
        context.page_scope, row.account_id, row.conversation_id, from_list=link.partition("?")[2]
    )


def _about(row: FrameRow) -> str:
    reason = _reason(row)
    return f"{filter_text(row.topic)} · {reason}" if reason else filter_text(row.topic)


def _reason(row: FrameRow) -> str:
    return REASON_WORDS.get(row.handoff_reason, "") if row.handoff_reason else ""
