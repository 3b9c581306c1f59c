"""The Account page: everything about one customer, or a search where the link names none."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from dashboard.components.account.finding import draw_search
from dashboard.components.account.happenings import draw_events
from dashboard.components.account.head import draw_now, facts_html, title_html
from dashboard.components.account.panels import draw_episodes, draw_failures, draw_ratings
from dashboard.components.account.timeline import draw_timeline
from dashboard.components.filter_bar.page_scope import open_scope_of_page
from dashboard.components.shared.cards import Card, draw_cards
from dashboard.components.shared.links import account_link, conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.pages import page_for
from dashboard.components.shared.plain_text import as_html
from dashboard.components.shared.tables import load_table_style
from dashboard.metrics.formatting import instant_words
from dashboard.reports.account.account import FIGURES, Absent, Account, account, figures, habits

_OWN = ("account", "find", "kind", "entries")
_FOLDER = Path(__file__).parent


def show_account() -> None:
    """Draw the page for the link it was opened with."""
    # The list of events and the facts look like those of a conversation's page.
    st.html(_FOLDER.parent / "conversation" / "conversation.css")
    st.html(_FOLDER / "account.css")
    load_table_style()
    page_scope, key = open_scope_of_page(page_for("account"), _OWN, ()), _account_of_link()
    if not key:
        st.title("Account", anchor=False)
        draw_search(page_scope)
        return
    context = PageContext("account", page_scope.where("account", key))
    found = context.ask("who", lambda scope: account(key, scope.as_of))
    if isinstance(found, Absent):
        st.title("Account", anchor=False)
        _draw_absent(context, key, found)
        draw_search(page_scope)
        return
    st.html(title_html(context, found))
    _draw_page(context, found)


def _account_of_link() -> str:
    # PostgreSQL holds no NUL, and half a surrogate pair has no UTF-8 form.
    text = st.query_params.get("account", "").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def _draw_page(context: PageContext, about: Account) -> None:
    used = context.ask("habits", habits)
    facts, now = st.columns([3, 2], gap="medium")
    with facts:
        st.html(facts_html(context, about, used))
    with now:
        draw_now(context)
    found = context.compare("figures", figures)
    draw_cards(
        Card(found[key], conversations_link(context.page_scope, key), context.against())
        for key in FIGURES
    )
    draw_timeline(context)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        draw_events(context)
    with right:
        draw_failures(context)
        draw_ratings(context)
    draw_episodes(context)


def _draw_absent(context: PageContext, key: str, found: Absent) -> None:
    scope, page_scope = context.scope(), context.page_scope
    when = instant_words(scope.as_of, scope.time_zone)
    if found.created_at is not None:
        created = instant_words(found.created_at, scope.time_zone)
        words = f"Account “{key}” did not exist on {when}; it was created on {created}."
    elif page_scope.is_live:
        words = f"No account “{key}” found."
    else:
        words = f"No account “{key}” found as of {when}."
    live = account_link(replace(page_scope, as_of=None), key)
    way = (
        ""
        if page_scope.is_live
        else f' <a href="{as_html(live)}" target="_self">Show current state</a>'
    )
    st.html(f'<p class="cr absent">{as_html(words)}{way}</p>')
