"""Find the account to look at, by name or id."""

import streamlit as st

from dashboard.components.shared.choices import url_text
from dashboard.components.shared.links import account_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.plain_text import as_html, as_markdown, inline_html
from dashboard.metrics.formatting import count_text
from dashboard.reports.account.account import Row
from dashboard.reports.account.search import MOST_FOUND, Found, search_accounts
from dashboard.reports.account.words import revenue_words
from dashboard.scope_url import OpenScope

_LONGEST = 200


def draw_search(page_scope: OpenScope) -> None:
    """The field, and the accounts that match; with nothing written the busiest ones."""
    words = url_text(
        "find",
        "Find an account by its name or id",
        live=True,
        placeholder="Name or id",
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
            return "The warehouse has no account yet."
        return f"No account has “{words}” in its name or id."
    if not words:
        return "The accounts with most episodes in the last 28 days."
    if found.total > MOST_FOUND:
        return f"The {MOST_FOUND} busiest of {found.total:,} accounts that match."
    return f"{count_text(found.total, 'account')} found."


def _row_html(row: Row, page_scope: OpenScope) -> str:
    href = account_link(page_scope, row["account_id"])
    name = row["name"] or row["account_id"]
    told = [row["account_id"], row["plan"], _revenue(row)]
    second = " · ".join(inline_html(part) for part in told if part)
    episodes = count_text(row["episodes"], "episode")
    return (
        f'<li><a href="{as_html(href)}" target="_self">{inline_html(name)}</a>'
        f'<span class="second">{second}</span>'
        f'<span class="episodes" title="In the last 28 days">{as_html(episodes)}</span></li>'
    )


def _revenue(row: Row) -> str:
    return "" if row["monthly_revenue"] is None else revenue_words(row["monthly_revenue"])
