"""The list of silent failures: what failed, how long before the conversation, and by which rule."""

from datetime import datetime

import streamlit as st

from dashboard.components.api_errors.links import trace_link
from dashboard.components.shared.choices import url_radio
from dashboard.components.shared.links import conversation_link, conversations_link
from dashboard.components.shared.outcomes import outcome_html
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import drilldown_link, panel
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.metrics.formatting import count_text
from dashboard.metrics.value_words import RULE_WORDS, value_words
from dashboard.query.explaining import RowsBehind
from dashboard.reports.api_errors.silent_failures import (
    MOST_LISTED,
    RULES,
    Row,
    SilentFailures,
    silent_failures,
    silent_statement,
)
from dashboard.reports.shared.moments import between_words, moment_words
from dashboard.reports.shared.titles import conversation_title
from dashboard.rollups.materialized import SILENT_FAILURES
from dashboard.scope import Scope

_HEAD = (
    ("when", "When"),
    ("customer", "Account"),
    ("what", "What failed"),
    ("before", "Timing"),
    ("rule", "Rule"),
    ("conversation", "Conversation"),
)


def ask_silent_failures(context: PageContext) -> SilentFailures:
    """The silent failures of the window, by all rules."""
    return context.ask("silent failures", silent_failures)


def draw_silent_failures(context: PageContext) -> None:
    """The panel, filtered by rule where the link names one."""
    scope = context.scope()
    statement = {"silent failures": RowsBehind(silent_statement(scope), SILENT_FAILURES, scope)}
    with panel("Silent failures", ["silent_failures"], statement):
        whole = ask_silent_failures(context)
        if not whole.total:
            st.caption("No silent failures in this period.")
            return
        rule = url_radio("rule", {key: _choice(whole, key) for key in ("all", *RULES)})
        st.caption(
            "  \n".join(
                f"**{RULE_WORDS[key]}:** {RULES[key]}" for key in RULES if rule in ("all", key)
            )
        )
        inside, found = context.page_scope, whole
        if rule != "all":
            inside = inside.where("rule", rule)
            found = context.ask(
                "silent failures", lambda scope: silent_failures(scope.where("rule", rule)), rule
            )
        if found.rows:
            st.html(_table_html(context, found))
        words = count_text(found.total, "silent failure")
        if found.total > MOST_LISTED:
            words = f"Showing the newest {MOST_LISTED} of {words}"
        drilldown_link(conversations_link(inside, "silent_failures"), words)


def _choice(found: SilentFailures, key: str) -> str:
    if key == "all":
        return f"All · {found.total:,}"
    return f"{RULE_WORDS[key]} · {found.by_rule.get(key, 0):,}"


def _table_html(context: PageContext, found: SilentFailures) -> str:
    head = "".join(f'<th scope="col" class="{key}">{label}</th>' for key, label in _HEAD)
    scope = context.scope()
    rows = "".join(_row_html(context, row, scope) for row in found.rows)
    return (
        f'<div class="cr"><table class="silent"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row_html(context: PageContext, row: Row, scope: Scope) -> str:
    conversation = conversation_link(context.page_scope, row["account_id"], row["conversation_id"])
    subject = conversation_title(row)
    outcome = outcome_html(row["outcome"]) if row.get("outcome") else ""
    trace = trace_link(context.page_scope, row["account_id"], row["trace_id"], row["span_id"])
    topic = ""
    if row["topic"] and row.get("subject"):
        topic = f" {inline_html(value_words('topic', row['topic']))}"
    cells = {
        "when": _when_html(row["occurred_at"], scope),
        "customer": inline_html(row["account_name"]),
        "what": f'<a href="{as_html(trace)}" target="_self">{inline_html(row["system"])} · '
        f"{inline_html(row['name'])}</a>"
        f'<div class="second error">{inline_html(row["error_type"])}</div>',
        "before": _before(row),
        "rule": f'<span title="{as_html(RULES[row["rule"]])}">{as_html(RULE_WORDS[row["rule"]])}</span>',
        "conversation": f'<a href="{as_html(conversation)}" target="_self">'
        f'{inline_html(subject[:120])}</a><div class="second">{outcome}{topic}</div>',
    }
    body = "".join(
        f'<td class="{key}" data-label="{label}">{cells[key]}</td>' for key, label in _HEAD
    )
    return f"<tr>{body}</tr>"


def _when_html(at: datetime, scope: Scope) -> str:
    date, _, clock = moment_words(at, scope.as_of, scope.time_zone).rpartition(", ")
    return f'{as_html(clock)}<div class="second">{as_html(date or "today")}</div>'


def _before(row: Row) -> str:
    """How long before the start of the episode the call failed, or how long after it."""
    started_at = row.get("started_at")
    if started_at is None:
        return ""
    if row["failed_at"] <= started_at:
        return f"{between_words(row['failed_at'], started_at)} before the start"
    return f"{between_words(started_at, row['failed_at'])} after the start"
