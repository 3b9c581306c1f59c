"""Queue load: handoffs, waiting, time to human and unanswered; every figure is a link."""

import streamlit as st

from dashboard.components.escalations.curve import ask_curves
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.tables import Cell, Column, draw_table
from dashboard.metrics.formatting import UNKNOWN_VALUE, age_text, value_text
from dashboard.metrics.value_words import value_words
from dashboard.query.measure import questions
from dashboard.reports.escalations.queue_load import (
    AT_INSTANT,
    OVER_WINDOW,
    WAITS,
    Queue,
    queue_load,
)
from dashboard.scope_url import OpenScope

_COLUMNS = (
    Column("Queue"),
    Column("Handoffs", True),
    Column("Waiting", True),
    Column("p50", True),
    Column("p90", True),
    Column("Unanswered", True),
)
_MOST = 15


def ask_queues(context: PageContext) -> list[Queue]:
    """Every queue's load."""
    _, curves = ask_curves(context)
    return context.ask("queues", lambda scope: queue_load(scope, curves))


def draw_queues(context: PageContext) -> None:
    """The panel."""
    metrics = [*OVER_WINDOW, *WAITS, *AT_INSTANT]
    queries = questions(metrics, [context.scope()], ["queue"])
    with panel("Queue load", metrics, queries):
        queues = ask_queues(context)
        if not queues:
            st.caption("No handoffs in this period.")
            return
        most = max(queue.count("escalations") for queue in queues) or 1
        draw_table(_COLUMNS, [_row(context.page_scope, queue, most) for queue in queues[:_MOST]])
        if len(queues) > _MOST:
            st.caption(f"Showing the {_MOST} largest of {len(queues):,} queues.")


def _row(page_scope: OpenScope, queue: Queue, most: int) -> list[Cell]:
    inside = page_scope.where("queue", queue.queue)
    handoffs = queue.count("escalations")
    waiting = queue.count("open_handoffs")
    lost = queue.count("unanswered_rate", "numerator")
    return [
        Cell(value_words("queue", queue.queue), bar=handoffs / most),
        Cell(f"{handoffs:,}", link=conversations_link(inside, "escalations")),
        Cell(
            f"{waiting:,}",
            f"longest {age_text(queue.longest_wait)}" if queue.longest_wait is not None else "",
            conversations_link(inside, "open_handoffs", sort="slowest human") if waiting else None,
        ),
        *(_wait(inside, key, seconds) for key, seconds in queue.waits.items()),
        Cell(
            f"{lost:,}",
            value_text("share", queue.value("unanswered_rate")) if handoffs else "",
            conversations_link(inside, "unanswered_rate", "numerator") if lost else None,
        ),
    ]


def _wait(inside: OpenScope, key: str, seconds: float | None) -> Cell:
    if seconds is None:
        return Cell(UNKNOWN_VALUE)
    return Cell(
        value_text("seconds", seconds), link=conversations_link(inside, key, sort="slowest human")
    )
