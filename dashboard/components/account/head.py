"""The head of the page: who the account is, and its current status."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from dashboard.components.account.rows import table_html
from dashboard.components.shared.links import (
    about_one,
    account_link,
    conversation_link,
    conversations_link,
)
from dashboard.components.shared.out_links import crm_html, helpdesk_html, trace_html
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.components.shared.tables import Column, more_link
from dashboard.metrics.formatting import count_text, duration_text, instant_words
from dashboard.metrics.value_words import value_words
from dashboard.reports.account.account import (
    HABITS,
    STATUS,
    Account,
    Row,
    Status,
    at_instant,
    status,
    status_questions,
)
from dashboard.reports.account.timeline import account_of
from dashboard.reports.account.words import (
    State,
    handoff_words,
    revenue_words,
    states,
    tenure_words,
)
from dashboard.reports.shared.moments import between_words, moment_words
from dashboard.scope import Scope

_SHAPES = {"waiting": "▲", "at risk": "▲", "quiet": "○"}
_DAY = timedelta(hours=24)
_MOST_VALUES = 4

Habits = dict[str, list[tuple[str | None, int]]]


def title_html(context: PageContext, about: Account) -> str:
    """The name, the ID, and links: to other systems, to the list, to and from an instant."""
    page_scope, scope = context.page_scope, context.scope()
    out = (
        crm_html(about.account_id),
        helpdesk_html(about.account_id, None),
        trace_html(about.account_id, None, words="Traces"),
    )
    chips = [
        *(f'<span class="chip">{html}</span>' for html in out if html),
        _chip(conversations_link(page_scope), "Conversations"),
        _chip(about_one("account", page_scope.where("account")), "Another account"),
    ]
    if page_scope.is_live:
        pinned = replace(page_scope, as_of=scope.as_of.replace(microsecond=0))
        chips.append(_chip(account_link(pinned, about.account_id), "Link to this moment"))
    else:
        chips.append(
            _chip(
                account_link(replace(page_scope, as_of=None), about.account_id),
                "Show current state",
            )
        )
    name = about.name or about.account_id
    return (
        f'<header class="cr account-head"><h1 dir="auto">{as_html(name)}</h1>'
        f'<div class="chips"><span class="id">{inline_html(about.account_id)}</span>'
        f"{''.join(chips)}</div></header>"
    )


def _chip(href: str, words: str) -> str:
    return f'<a class="chip" href="{as_html(href)}" target="_self">{as_html(words)}</a>'


def facts_html(context: PageContext, about: Account, used: Habits) -> str:
    """Plan, revenue, tenure, and the channels and languages of the window."""
    scope = context.scope()
    shown = {
        "Plan": _known(about.plan and value_words("plan", about.plan)),
        "Revenue": as_html(revenue_words(about.monthly_revenue)),
        **{label: _known(value) for label, value in about.further.items()},
        "Customer since": _since(about, scope),
        "Last episode": _last(context, about),
    }
    labels = dict(zip(HABITS, ("Channels", "Languages"), strict=True))
    for by in HABITS:
        shown[labels[by]] = _used(context, by, used[by])
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in shown.items())
    note = ""
    if not context.page_scope.is_live:
        instant = as_html(instant_words(scope.as_of, scope.time_zone))
        note = (
            f'<p class="note">As of {instant} ({as_html(scope.time_zone)}). Name, plan and'
            " revenue are current: the warehouse has no history of them.</p>"
        )
    return f'<div class="cr head account-facts"><dl class="facts">{cells}</dl>{note}</div>'


def _known(text: str | None) -> str:
    return inline_html(text) if text else '<span class="faint">unknown</span>'


def _since(about: Account, scope: Scope) -> str:
    if about.created_at is None:
        return _known(None)
    day = instant_words(about.created_at, scope.time_zone).partition(",")[0]
    age = as_html(tenure_words(about.created_at, scope.as_of))
    return f'{as_html(day)} <span class="muted">({age})</span>'


def _last(context: PageContext, about: Account) -> str:
    if about.last_episode_at is None or about.last_conversation_id is None:
        return '<span class="faint">none</span>'
    scope = context.scope()
    when = moment_words(about.last_episode_at, scope.as_of, scope.time_zone)
    href = conversation_link(context.page_scope, about.account_id, about.last_conversation_id)
    ago = between_words(about.last_episode_at, scope.as_of)
    return (
        f'<a href="{as_html(href)}" target="_self">{as_html(when)}</a>'
        f' <span class="muted">({ago} ago)</span>'
    )


def _used(context: PageContext, by: str, counts: list[tuple[str | None, int]]) -> str:
    if not counts:
        return '<span class="faint">no episodes in this period</span>'
    parts = []
    for value, episodes in counts[:_MOST_VALUES]:
        href = conversations_link(context.page_scope.where(by, value))
        words = value_words(by, value)
        parts.append(
            f'<span class="used"><a href="{as_html(href)}" target="_self">{inline_html(words)}</a>'
            f' <span class="muted">{episodes:,}</span></span>'
        )
    if len(counts) > _MOST_VALUES:
        parts.append(f'<span class="muted">{len(counts) - _MOST_VALUES} more</span>')
    return ", ".join(parts)


def draw_now(context: PageContext) -> None:
    """Its status as of now or the link's instant, and its open handoffs, longest wait first."""
    scope = context.scope()
    instant = at_instant(scope)
    at = instant_words(scope.as_of, scope.time_zone)
    with panel(
        "Current status" if context.page_scope.is_live else f"Status as of {at}",
        STATUS,
        status_questions(scope),
    ):
        found = context.ask("status", status)
        st.html(
            f'<div class="cr">{"".join(_state_html(context, s) for s in states(found, instant))}</div>'
        )
        if found.waiting.total:
            _draw_waiting(context, found, instant)


def _state_html(context: PageContext, state: State) -> str:
    way = ""
    if state.conversation_id:
        account = account_of(context.page_scope.filters)
        href = conversation_link(context.page_scope, account, state.conversation_id)
        way = f' <a href="{as_html(href)}" target="_self">View episode →</a>'
    return (
        f'<p class="state" data-state="{state.kind}"><b><i aria-hidden="true">{_SHAPES[state.kind]}</i>'
        f" {as_html(state.words)}</b> {inline_html(state.reason)}{way}</p>"
    )


def _draw_waiting(context: PageContext, found: Status, scope: Scope) -> None:
    rows = [_waiting_cells(context, row, scope) for row in found.waiting.rows.to_dict("records")]
    columns = (Column("Waiting"), Column("About"), Column(""))
    st.html(table_html(columns, rows, "Open handoffs, longest wait first"))
    if found.waiting.total > len(rows):
        # The figure is that of the instant, independent of the page's window.
        page_scope = replace(context.page_scope, length=_DAY, since=None, until=None)
        words = f"All {count_text(found.waiting.total, 'open handoff')}"
        more_link(conversations_link(page_scope, "open_handoffs", sort="slowest human"), words)


def _waiting_cells(context: PageContext, row: Row, scope: Scope) -> tuple[str, ...]:
    href = conversation_link(context.page_scope, row["account_id"], row["conversation_id"])
    since = moment_words(row["handoff_at"], scope.as_of, scope.time_zone)
    named = [value_words(by, row[by]) for by in ("topic", "channel") if row[by]]
    about = " · ".join(named) or "Conversation"
    why = handoff_words(row["handoff_reason"], row["handoff_queue"])
    waited = duration_text(max(row["waited_s"], 0))
    return (
        f'<b>{as_html(waited)}</b><div class="second">since {as_html(since)}</div>',
        f'<a href="{as_html(href)}" target="_self">{inline_html(about)}</a>'
        f'<div class="second">{inline_html(why)}</div>',
        helpdesk_html(row["account_id"], row["conversation_id"]),
    )
