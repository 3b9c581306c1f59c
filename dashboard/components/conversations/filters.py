"""The filters of the list, kept in the link: the shared bar, and what only a list can ask."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.components.filter_bar import draw_filter_bar
from dashboard.reports.conversations import list_filter_values
from dashboard.reports.conversations_question import FAILED, RATED, Question
from dashboard.reports.verdict import OUTCOME_WORDS, REASON_WORDS
from dashboard.warehouse.shared import shared

_VALUES_SECONDS = 300.0
_OUTCOMES = tuple(outcome for outcome in OUTCOME_WORDS if outcome != "excluded")
_HANDLED_BY = ("ai only", "ai and human", "human only", "nobody")
_INSIDE = ("outcome", "failed", "rated", "reason", "queue", "system", "error_type", "handled_by")


def draw_list_filters(question: Question) -> None:
    """Draw all filters. Their widgets write to the link; `read_question` reads it."""
    values = offered_inside()
    asked = dict(question.asked.filters) | {"failed": question.failed, "rated": question.rated}
    chosen = sum(bool(asked.get(key)) for key in _INSIDE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="list_bar"):
        st.text_input(
            "Search in transcripts", key="q", bind="query-params", width=300,
            placeholder="Search in transcripts", label_visibility="collapsed",
            icon=":material/search:", max_chars=200,
            help='Words, "a phrase", or, -without: in what anybody said.',
        )  # fmt: skip
        draw_filter_bar()
        label = f"Outcome and calls · {chosen}" if chosen else "Outcome and calls"
        with st.popover(label, icon=":material/filter_alt:"):
            _draw_inside(values)


def offered_inside() -> dict[str, list[str]]:
    """Filter → the values offered for what happened inside; nothing where they could not be read."""
    offered = shared(
        "list filter values", lambda: list_filter_values(datetime.now(UTC)), _VALUES_SECONDS
    )
    fixed = {"outcome": _OUTCOMES, "reason": REASON_WORDS, "handled_by": _HANDLED_BY}
    return (offered.value or {}) | {key: list(values) for key, values in fixed.items()}


def _draw_inside(values: dict[str, list[str]]) -> None:
    def choose(key: str, label: str) -> None:
        st.multiselect(
            label, values.get(key, []), key=key, bind="query-params",
            accept_new_options=True, placeholder="All",
        )  # fmt: skip

    choose("outcome", "Outcome")
    choose("reason", "Handoff reason")
    choose("queue", "Handoff queue")
    choose("handled_by", "Handled by")
    _draw_one("failed", "With a failed call", FAILED)
    choose("system", "Calls to the system")
    choose("error_type", "Error type of a call")
    _draw_one("rated", "Rated by the customer (low is 1 or 2, high is 4 or 5)", RATED)


def _draw_one(key: str, label: str, options: tuple[str, ...]) -> None:
    st.selectbox(label, options, index=None, key=key, bind="query-params", placeholder="Any")
