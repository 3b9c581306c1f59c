"""Filters that only the list has, beside the shared bar; kept in the link as well."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.components.shared.choices import url_multiselect, url_select_optional, url_text
from dashboard.metrics.value_words import HANDLED_BY_WORDS, OUTCOME_WORDS, REASON_WORDS
from dashboard.query.cache import cached
from dashboard.reports.conversations.conversations import list_filter_values
from dashboard.reports.conversations.question import Question
from dashboard.reports.conversations.rows import FURTHER

_VALUES_SECONDS = 300.0
_OUTCOMES = tuple(outcome for outcome in OUTCOME_WORDS if outcome != "excluded")
_FAILED_WORDS = {
    "yes": "Any failed call",
    "unrecovered": "Unrecovered failed call",
    "no": "No failed calls",
}
_RATED_WORDS = {"yes": "Rated", "low": "Rated 1 or 2", "high": "Rated 4 or 5", "no": "Not rated"}
_FURTHER = tuple(one for one in FURTHER if one.facts)
"""What is not in the bar, for not all facts have it."""
_INSIDE = (
    *("outcome", "failed", "rated", "reason", "queue", "system", "error_type", "handled_by"),
    *(one.key for one in _FURTHER),
)


def draw_list_filters(question: Question) -> None:
    """Draw the search and the filters. Their widgets write to the link; `read_question` reads it."""
    values = offered_inside()
    page_scope = dict(question.page_scope.filters) | {
        "failed": question.failed,
        "rated": question.rated,
    }
    chosen = sum(bool(page_scope.get(key)) for key in _INSIDE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="list_bar"):
        url_text(
            "q",
            "Search in transcripts",
            width=260,
            placeholder="Search in transcripts",
            label_visibility="collapsed",
            icon=":material/search:",
            max_chars=200,
            help='Words, "exact phrase", or, -exclude. Searches all messages.',
        )
        label = f"Outcome and calls · {chosen}" if chosen else "Outcome and calls"
        with st.popover(label, icon=":material/filter_alt:"):
            _draw_inside(values)


def offered_inside() -> dict[str, list[str]]:
    """Filter → the values that only this list offers; empty where they could not be read."""
    filter_options = cached(
        "list filter values", lambda: list_filter_values(datetime.now(UTC)), _VALUES_SECONDS
    )
    fixed = {"outcome": _OUTCOMES, "reason": REASON_WORDS, "handled_by": HANDLED_BY_WORDS}
    return (filter_options.value or {}) | {key: list(values) for key, values in fixed.items()}


def _draw_inside(values: dict[str, list[str]]) -> None:
    url_multiselect("outcome", values.get("outcome", []), "Outcome")
    url_multiselect("reason", values.get("reason", []), "Handoff reason")
    url_multiselect("queue", values.get("queue", []), "Handoff queue")
    url_multiselect("handled_by", values.get("handled_by", []), "Handled by")
    url_select_optional("failed", _FAILED_WORDS, "Failed calls")
    url_multiselect("system", values.get("system", []), "Called system")
    url_multiselect("error_type", values.get("error_type", []), "Error type")
    url_select_optional("rated", _RATED_WORDS, "Rating")
    for one in _FURTHER:
        url_multiselect(one.key, values.get(one.key, []), one.label, help=one.description)
