"""Search for an account by name or ID."""

import streamlit as st

from dashboard.components.shared.choices import url_text
from dashboard.components.shared.links import account_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.plain_text import as_html, as_markdown, inline_html
from dashboard.metrics.formatting import count_text
from dashboard.metrics.value_words import value_words
from dashboard.reports.account.account import Row
from dashboard.reports.account.search import MOST_FOUND, Found, search_accounts
from dashboard.reports.account.words import revenue_words
from dashboard.scope_url import OpenScope

_LONGEST = 200


def draw_search(page_scope: OpenScope) -> None:
    """The field, and the accounts that match; without a search text the busiest ones."""
    words = url_text(
        "find",
        "Find an account by name or ID",
        live=True,
        placeholder="Name or ID",
        icon=":material/search:",
        max_chars=_LONGEST,
        width=520,
    )
    words = words.replace("\x00", "").strip()
    context = PageContext("account search", page_scope)
    found = context.ask("found", lambda scope: search_accounts(words, scope.as_of), words)
    st.caption(as_markdown(_summary(words, found)))
    if found.rows:
        rows = "".join(_row_html(row, page_scope) for row in found.rows)
        st.html(f'<div class="cr"><ul class="found">{rows}</ul></div>')


def _summary(words: str, found: Found) -> str:
    if not found.total:
        if not words:
            return "No accounts yet."
        return f"No account name or ID contains “{words}”."
    if not words:
        return "Accounts with the most episodes in the last 28 days."
    if found.total > MOST_FOUND:
        return f"Showing the {MOST_FOUND} busiest of {found.total:,} matching accounts."
    return f"{count_text(found.total, 'account')} found."


def _row_html(row: Row, page_scope: OpenScope) -> str:
    href = account_link(page_scope, row["account_id"])
    name = row["name"] or row["account_id"]
    plan = row["plan"] and value_words("plan", row["plan"])
    facts = [row["account_id"], plan, _revenue(row)]
    second = " · ".join(inline_html(fact) for fact in facts if fact)
    episodes = count_text(row["episodes"], "episode")
    return (
        f'<li><a href="{as_html(href)}" target="_self">{inline_html(name)}</a>'
        f'<span class="second">{second}</span>'
        f'<span class="episodes" title="In the last 28 days">{as_html(episodes)}</span></li>'
    )


def _revenue(row: Row) -> str:
    return "" if row["monthly_revenue"] is None else revenue_words(row["monthly_revenue"])
