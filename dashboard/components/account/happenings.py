"""The timeline as a list, newest first, by kind and page by page."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.components.account.marks import failure_link, level_of
from dashboard.components.account.timeline import read_timeline
from dashboard.components.api_errors.links import trace_link
from dashboard.components.shared.choices import url_pager, url_radio
from dashboard.components.shared.links import conversation_link
from dashboard.components.shared.out_links import helpdesk_html, trace_html
from dashboard.components.shared.outcomes import outcome_html
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.plain_text import as_html, inline_html, web_link
from dashboard.metrics.formatting import clock_words
from dashboard.metrics.value_words import value_words
from dashboard.reports.account.timeline import (
    Event,
    Row,
    account_of,
    events,
    is_waiting,
    statements,
)
from dashboard.reports.account.words import answer_words, handoff_words, jobs_words, rating_words
from dashboard.reports.conversation.culprit_words import name_of
from dashboard.reports.conversation.customer_timeline import Failure
from dashboard.reports.shared.moments import moment_words
from dashboard.reports.shared.titles import conversation_title
from dashboard.scope import Scope

PAGE_ROWS = 20
_LONGEST = 300
_MOST_JOBS = 6
_KINDS = {
    "all": "All",
    "conversation": "Conversations",
    "failure": "Failures",
    "handoff": "Handoffs",
    "rating": "Ratings",
    "change": "Changes",
}
_ORDER = {kind: place for place, kind in enumerate(_KINDS)}


def draw_events(context: PageContext) -> None:
    """The list; its kind and its page are kept in the link."""
    scope = context.scope()
    with panel("Events, newest first", (), statements(scope)):
        found = read_timeline(context)
        kind = url_radio("kind", _KINDS)
        shown = sorted(
            (event for event in events(found) if kind in ("all", event.kind)),
            key=lambda event: (event.at, _ORDER[event.kind]),
            reverse=True,
        )
        if not shown:
            st.caption("No such events in this period.")
            return
        if found.job_days and kind in ("all", "failure"):
            st.html(_jobs_html(jobs_words(found.job_days)))
        pages = -(-len(shown) // PAGE_ROWS)
        listing = st.container()
        page = url_pager("entries", pages)
        first = (page - 1) * PAGE_ROWS
        rows = shown[first : first + PAGE_ROWS]
        with listing:
            st.html(f'<div class="cr around"><ol>{"".join(_rows(rows, context, scope))}</ol></div>')
        if pages > 1:
            st.caption(f"{first + 1:,}–{first + len(rows):,} of {len(shown):,}")


def _jobs_html(lines: list[str]) -> str:
    more = f"<p>{len(lines) - _MOST_JOBS} more jobs.</p>" if len(lines) > _MOST_JOBS else ""
    shown = "".join(f"<p>{inline_html(line)}</p>" for line in lines[:_MOST_JOBS])
    return f'<div class="cr around"><div class="jobs">{shown}{more}</div></div>'


def _rows(rows: list[Event], context: PageContext, scope: Scope) -> Iterator[str]:
    zone = ZoneInfo(scope.time_zone)
    day = None
    for event in rows:
        local = event.at.astimezone(zone)
        if local.date() != day:
            day = local.date()
            yield f'<li class="day">{local:%a} {local.day} {local:%b %Y}</li>'
        shape, html = _event_html(event, context, scope)
        clock = clock_words(event.at, scope.time_zone)
        yield f'<li data-kind="{shape}"><time>{clock}</time><div>{html}</div></li>'


def _event_html(event: Event, context: PageContext, scope: Scope) -> tuple[str, str]:
    """The shape of its dot, and what stands beside it."""
    if event.kind == "failure":
        kind = "failed" if event.what.recovered_at is None else "recovered"
        return kind, _failure_html(event.what, context, scope)
    if event.kind == "change":
        return "change", _change_html(event.what)
    waits = event.kind == "handoff" and is_waiting(event.what)
    return "waiting" if waits else event.kind, _episode_html(event, context, scope)


def _episode_html(event: Event, context: PageContext, scope: Scope) -> str:
    row = event.what
    href = as_html(conversation_link(context.page_scope, row["account_id"], row["conversation_id"]))
    helpdesk = helpdesk_html(row["account_id"], row["conversation_id"])
    title = inline_html(conversation_title(row)[:120])
    if event.kind == "conversation":
        facts = [row["channel"] and value_words("channel", row["channel"]), row["agent_version"]]
        second = " · ".join(
            [
                outcome_html(row["outcome"]),
                *(inline_html(fact) for fact in facts if fact),
                *_one(helpdesk),
            ]
        )
        return f'<a href="{href}" target="_self">{title}</a><div class="second">{second}</div>'
    if event.kind == "handoff":
        why = inline_html(handoff_words(row["handoff_reason"], row["handoff_queue"]))
        second = " · ".join([as_html(answer_words(row, scope.as_of)), *_one(helpdesk)])
        return (
            f'Handoff requested: {why}<div class="second"><a href="{href}" target="_self">{title}</a>'
            f" · {second}</div>"
        )
    comment = (row["rating_comment"] or "").strip()
    quoted = f' <q class="text" dir="auto">{as_html(comment[:_LONGEST])}</q>' if comment else ""
    return (
        f'<b class="stars" data-level="{level_of(row["rating"])}">{rating_words(row["rating"])}</b>{quoted}'
        f'<div class="second"><a href="{href}" target="_self">{title}</a></div>'
    )


def _failure_html(failure: Failure, context: PageContext, scope: Scope) -> str:
    account = account_of(context.page_scope.filters)
    deepest = failure.causes[-1] if failure.causes else failure
    inside = f"nested call {name_of(deepest)}: " if failure.causes else ""
    message = f": {deepest.error_message[:_LONGEST]}" if deepest.error_message else ""
    later = "Not recovered"
    if failure.recovered_at:
        at = moment_words(failure.recovered_at, failure.failed_at, scope.time_zone)
        later = f"Recovered at {at}"
    trace = as_html(trace_link(context.page_scope, account, failure.trace_id, failure.span_id))
    words = "Conversation" if failure.conversation_id else "Conversations in the 24 hours after"
    ways = [
        f'<a href="{as_html(failure_link(context.page_scope, failure))}" target="_self">{words}</a>',
        *_one(trace_html(account, deepest.trace_id, deepest.span_id, failure.conversation_id)),
    ]
    return (
        f'<a href="{trace}" target="_self"><b>{inline_html(name_of(failure))}</b></a> failed'
        f'<div class="second error">{inline_html(f"{inside}{deepest.error_type}{message}")}</div>'
        f'<div class="second"><span class="later">{as_html(later)}</span> · {" · ".join(ways)}</div>'
    )


def _change_html(change: Row) -> str:
    title, url = inline_html(change["title"]), web_link(change["url"])
    if url:
        title = f'<a href="{as_html(url)}" target="_blank" rel="noopener">{title}</a>'
    return f'{title}<div class="second">Team change: {inline_html(change["component"])}</div>'


def _one(html: str) -> list[str]:
    return [html] if html else []
