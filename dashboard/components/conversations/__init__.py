"""The conversations page: filters, the applied filters in words, the table and its pages."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from dashboard.components.conversations.filters import draw_list_filters, offered_inside
from dashboard.components.conversations.table import chips_html, pages_html, table_html
from dashboard.components.filter_bar import offered_values
from dashboard.components.filter_bar.page_scope import link_parameters, say_carried
from dashboard.components.shared.choices import url_select
from dashboard.components.shared.downloads import on_demand
from dashboard.components.shared.page import answer_of
from dashboard.components.shared.panel import info_popover
from dashboard.components.shared.plain_text import as_html, as_markdown
from dashboard.metrics.formatting import upper_first
from dashboard.query.cache import CachedResult, cached
from dashboard.reports.conversations.conversations import (
    ConversationList,
    conversations,
    list_statements,
)
from dashboard.reports.conversations.csv import MOST_ROWS, export
from dashboard.reports.conversations.question import SORTS, Question, read_question
from dashboard.reports.conversations.words import (
    circumstances,
    empty_words,
    found_words,
    subject,
)
from dashboard.settings import settings

_FOLDER = Path(__file__).parent
_PINNED_SECONDS = 300.0
_SORT_WORDS = {
    "longest": "Longest duration",
    "most failed spans": "Most failed calls",
    "slowest human": "Longest wait for a human",
}


def show_conversations() -> None:
    """Draw the page for the link it was opened with."""
    st.html(_FOLDER / "list.css")
    question, problems = read_question(link_parameters(), settings().reporting_time_zone)
    heading = st.container()
    draw_list_filters(question)
    _warn(problems)
    say_carried(question.page_scope.carried)
    listed = answer_of(_read(question))
    with heading:
        st.html(
            f'<div class="cr list-head"><h1>{as_html(subject(question))}</h1>'
            f"<p>{as_html(upper_first(circumstances(question, listed.scope)))}</p></div>"
        )
    _show_list(listed)


def _read(question: Question) -> CachedResult[ConversationList]:
    live = question.page_scope.is_live
    seconds = 0.9 * settings().refresh_seconds if live else _PINNED_SECONDS
    return cached(("conversations", question), lambda: conversations(question, _now()), seconds)


def _now() -> datetime:
    # Whole seconds, which a link can carry without looking like noise.
    return datetime.now(UTC).replace(microsecond=0)


def _warn(problems: Iterable[str]) -> None:
    lines = "  \n".join(as_markdown(problem) for problem in problems)
    if lines:
        st.warning(lines, icon=":material/link_off:")


def _show_list(listed: ConversationList) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="list_summary"):
        st.html(
            f'<div class="cr list-sum"><strong>{as_html(found_words(listed))}</strong>'
            f"{chips_html(listed)}</div>"
        )
        st.html('<div class="cr list-order">Sort by</div>', width="content")
        url_select(
            "sort",
            {key: _SORT_WORDS.get(key, upper_first(key)) for key in SORTS},
            "Sort by",
            230,
            "collapsed",
        )
        if listed.total:
            _draw_export(listed)
        metric = listed.question.metric
        info_popover("the list", [metric] if metric else [], list_statements(listed))
    if listed.total:
        st.html(table_html(listed))
        st.html(pages_html(listed))
    else:
        filter_options = offered_values() | offered_inside()
        sentences = empty_words(listed.question, filter_options)
        words = "".join(f"<p>{as_html(sentence)}</p>" for sentence in sentences)
        st.html(f'<div class="cr list-empty">{words}</div>')


def _draw_export(listed: ConversationList) -> None:
    all_of_it = listed.total <= MOST_ROWS
    label = "Export CSV" if all_of_it else f"Export first {MOST_ROWS:,} (CSV)"
    st.download_button(
        label,
        on_demand(export, listed.question, listed.scope.as_of),
        file_name=f"conversations-{listed.scope.as_of:%Y-%m-%dT%H%M%SZ}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        help="All conversations in this list, in the same order, with raw values and ISO 8601 times. "
        "Text that a spreadsheet would run as a formula is prefixed with an apostrophe.",
    )
