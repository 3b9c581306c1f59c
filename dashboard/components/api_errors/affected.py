"""The conversations with a failure of the group, or affected silently by a failed job."""

from collections.abc import Iterable

import streamlit as st

from dashboard.components.shared.links import conversation_link, conversations_link
from dashboard.components.shared.outcomes import outcome_html
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import drilldown_link, panel
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.metrics.formatting import count_text
from dashboard.query.explaining import RowsBehind
from dashboard.reports.api_errors.error_group import (
    MOST_CONVERSATIONS,
    Row,
    Window,
    affected_statement,
)
from dashboard.reports.api_errors.error_identity import Identity
from dashboard.reports.api_errors.silent_failures import silent_failures, silent_statement
from dashboard.reports.shared.moments import moment_words
from dashboard.reports.shared.titles import conversation_title
from dashboard.rollups.materialized import FAILURES, SILENT_FAILURES


def draw_affected(context: PageContext, group: Identity, found: Window) -> None:
    """The panel; `context` is the page's, narrowed to the group."""
    if group.is_background and not found.affected.total:
        _draw_affected_silently(context, group)
        return
    scope = context.scope()
    statement = {
        "affected conversations": RowsBehind(affected_statement(group, scope), FAILURES, scope)
    }
    with panel("Affected conversations", ["failed_spans"], statement):
        held = found.affected
        if not held.total:
            st.caption("None. These calls were made outside conversations.")
            return
        outcomes = "".join(
            f'<span class="chip">{outcome_html(outcome)} {count:,}</span>'
            for outcome, count in sorted(held.outcomes.items(), key=lambda pair: -pair[1])
        )
        chips = f'<div class="chips">{outcomes}</div>'
        st.html(f'<div class="cr affected">{chips}{_list_html(context, held.newest)}</div>')
        words = f"{count_text(held.total, 'conversation')} with this failure"
        drilldown_link(conversations_link(context.page_scope, "failed_spans"), words)


def _draw_affected_silently(context: PageContext, group: Identity) -> None:
    page_scope = context.page_scope.where("group").where("rule", "background")
    for key in ("system", "name", "error_type"):
        page_scope = page_scope.where(key, getattr(group, key))
    filters = page_scope.filters
    scope = page_scope.scope(context.scope().as_of)
    statement = {"silent failures": RowsBehind(silent_statement(scope), SILENT_FAILURES, scope)}
    note = "Background work has no conversation. These are the next conversations of the account."
    with panel("Conversations affected silently", ["silent_failures"], statement, note):
        found = PageContext(context.page, page_scope).ask(
            "silent failures", silent_failures, filters
        )
        if not found.total:
            st.caption(
                "None. The failure was recovered or addressed, or no conversation followed within 24 "
                "hours. Of nested failed spans, only the outermost counts."
            )
            return
        st.html(
            f'<div class="cr affected">{_list_html(context, found.rows[:MOST_CONVERSATIONS])}</div>'
        )
        drilldown_link(
            conversations_link(page_scope, "silent_failures"),
            count_text(found.total, "silent failure"),
        )


def _list_html(context: PageContext, rows: Iterable[Row]) -> str:
    return f"<ul>{''.join(_item_html(context, row) for row in rows)}</ul>"


def _item_html(context: PageContext, row: Row) -> str:
    scope = context.scope()
    href = conversation_link(context.page_scope, row["account_id"], row["conversation_id"])
    when = moment_words(row.get("started_at") or row["occurred_at"], scope.as_of, scope.time_zone)
    outcome = outcome_html(row["outcome"]) if row.get("outcome") else ""
    title = conversation_title(row)
    return (
        f'<li><a href="{as_html(href)}" target="_self">{inline_html(title[:90])}</a>'
        f'<div class="second">{as_html(when)} · {inline_html(row["account_name"])} {outcome}</div></li>'
    )
