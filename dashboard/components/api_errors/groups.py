"""The error groups of the window as a table; each row links to its group."""

from dataclasses import replace
from datetime import datetime

import streamlit as st

from dashboard.charts.sparkbars import sparkbars
from dashboard.components.api_errors.links import group_link
from dashboard.components.api_errors.masked import masked_html
from dashboard.components.shared.choices import url_radio, url_select, url_text, url_toggle
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.plain_text import as_html, as_markdown, inline_html
from dashboard.metrics.formatting import age_text, count_text, instant_words, upper_first
from dashboard.query.explaining import RowsBehind, Shown
from dashboard.reports.api_errors.error_groups import (
    Change,
    ErrorGroup,
    ErrorGroups,
    error_groups,
    groups_statement,
    newest_change,
)
from dashboard.reports.api_errors.groups_seen import seen_ever, seen_ever_statement
from dashboard.reports.shared.moments import moment_words
from dashboard.rollups.materialized import FAILURES
from dashboard.scope import Scope

_SHOWN_AT_ONCE = 15
_ORDERS = {
    "most spans": lambda group: (-group.spans,),
    "most accounts": lambda group: (-group.accounts, -group.spans),
    "most conversations": lambda group: (-group.conversations, -group.spans),
    "least recovered": lambda group: (group.recovered / group.spans, -group.spans),
    "first seen": lambda group: (-group.first_seen.timestamp(),),
    "last seen": lambda group: (-group.last_seen.timestamp(),),
}
_EVERY = {"15min": "quarter hour", "hour": "hour", "day": "day", "week": "week"}
_NOTE = (
    "Failures with the same system, tool, error type and message form a group; IDs, numbers and quoted "
    "values in messages are masked. First and last seen cover the full history."
)
_HEAD = (
    ("what", "Error", None),
    ("trend", "Trend", None),
    ("spans", "Spans", "most spans"),
    ("conversations", "Conversations", "most conversations"),
    ("accounts", "Accounts", "most accounts"),
    ("recovered", "Recovered", "least recovered"),
    ("first", "First seen", "first seen"),
    ("last", "Last seen", "last seen"),
)


def ask_groups(context: PageContext) -> ErrorGroups:
    """The error groups of the window."""
    # First and last are the same whatever the page is filtered by.
    seen = _unfiltered(context).ask("error groups ever", seen_ever)
    return context.ask("error groups", lambda scope: error_groups(scope, seen))


def _unfiltered(context: PageContext) -> PageContext:
    return replace(context, page_scope=replace(context.page_scope, filters=()))


def draw_groups(context: PageContext) -> None:
    """The panel, with search, sort order and a filter for new groups."""
    scope = context.scope()
    statements: dict[str, Shown] = {
        "error groups": RowsBehind(groups_statement(scope), FAILURES, scope),
        "first and last seen": RowsBehind(seen_ever_statement(scope), FAILURES, scope),
    }
    with panel("Error groups", ["failed_spans"], statements, _NOTE):
        change = _unfiltered(context).ask("newest change", newest_change)
        found = ask_groups(context)
        if not found.groups:
            st.caption("No failed calls in this period.")
            return
        new = [group for group in found.groups if group.is_new_since(change)]
        groups, order = _choose(found, new, change, scope)
        if not groups:
            st.caption("No matching error groups.")
            return
        groups = sorted(groups, key=lambda group: (*_ORDERS[order](group), group.fingerprint))
        table = st.container()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_summary(found, groups), width="stretch")
            everything = len(groups) <= _SHOWN_AT_ONCE or url_toggle(
                "every_group", f"Show all {len(groups)}"
            )
        shown = groups if everything else groups[:_SHOWN_AT_ONCE]
        table.html(_table_html(context, found, shown, change, order))


def _choose(
    found: ErrorGroups, new: list[ErrorGroup], change: Change | None, scope: Scope
) -> tuple[list[ErrorGroup], str]:
    with st.container(horizontal=True, vertical_alignment="center", key="group_tools"):
        words = url_text(
            "find",
            "Find",
            placeholder="Search system, tool or message",
            label_visibility="collapsed",
            icon=":material/search:",
            width=300,
            max_chars=200,
        )
        only = url_radio("only", {"all": f"All · {len(found.groups)}", "new": f"New · {len(new)}"})
        order = url_select(
            "order", {key: upper_first(key) for key in _ORDERS}, "Sort by", 190, "collapsed"
        )
        if change:
            at = instant_words(change["changed_at"], scope.time_zone)
            st.caption(
                f"New: first seen after the last team change, “{as_markdown(change['title'])}” "
                f"({as_markdown(change['component'])}, {as_markdown(at)})"
            )
    groups = new if only == "new" else list(found.groups)
    return [group for group in groups if _says(group, words)], order


def _says(group: ErrorGroup, words: str) -> bool:
    text = " ".join((group.system, group.name, group.error_type, group.message or "")).lower()
    return all(word in text for word in words.lower().split())


def _summary(found: ErrorGroups, chosen: list[ErrorGroup]) -> str:
    spans = sum(group.spans for group in chosen)
    words = f"{count_text(len(chosen), 'group')} with {count_text(spans, 'failed span')}"
    return f"{words}. Trend bars: one per {_EVERY[found.bucket]}."


def _table_html(
    context: PageContext,
    found: ErrorGroups,
    groups: list[ErrorGroup],
    change: Change | None,
    order: str,
) -> str:
    head = "".join(
        f'<th scope="col" class="{key}"{" aria-sort=descending" if by == order else ""}>{label}</th>'
        for key, label, by in _HEAD
    )
    rows = "".join(_row_html(context, found, group, change) for group in groups)
    return (
        f'<div class="cr"><table class="groups"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row_html(
    context: PageContext, found: ErrorGroups, group: ErrorGroup, change: Change | None
) -> str:
    scope = context.scope()
    per = _EVERY[found.bucket]
    cells = {
        "what": _what_html(context, group, change),
        "trend": sparkbars(group.counts, f"failed spans per {per}, highest {max(group.counts)}"),
        "spans": f"{group.spans:,}",
        "conversations": f"{group.conversations:,}",
        "accounts": f"{group.accounts:,}",
        "recovered": _recovered_html(group),
        "first": _seen_html(group.first_seen, scope),
        "last": _seen_html(group.last_seen, scope),
    }
    body = "".join(
        f'<td class="{key}" data-label="{label}">{cells[key]}</td>' for key, label, _ in _HEAD
    )
    return f"<tr>{body}</tr>"


def _what_html(context: PageContext, group: ErrorGroup, change: Change | None) -> str:
    new = ""
    if change and group.is_new_since(change):
        title = as_html(f"First seen after “{change['title']}”")
        new = f' <span class="new" title="{title}">new</span>'
    background = ' <span class="quiet">background</span>' if group.is_background else ""
    href = as_html(group_link(context.page_scope, group.fingerprint))
    return (
        f'<a class="open" href="{href}" target="_self">{inline_html(group.system)} · '
        f"{inline_html(group.name)}</a>"
        f' <span class="type">{inline_html(group.error_type)}</span>{background}{new}'
        f'<div class="message" dir="auto">{masked_html(group.message)}</div>'
    )


def _recovered_html(group: ErrorGroup) -> str:
    share = 100 * group.recovered / group.spans
    return (
        f'<span class="bar"><i style="width:{share:.1f}%"></i></span> {share:.0f} %'
        f'<div class="second">{group.recovered:,} of {group.spans:,}</div>'
    )


def _seen_html(at: datetime, scope: Scope) -> str:
    age = age_text(max((scope.as_of - at).total_seconds(), 0))
    exact = as_html(moment_words(at, scope.as_of, scope.time_zone))
    return f'{age} ago<div class="second">{exact}</div>'
