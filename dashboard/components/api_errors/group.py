"""One error group: its message, since when, for whom, sample traces, affected conversations, exposure."""

from dataclasses import replace
from datetime import datetime, timedelta

import streamlit as st

from dashboard.components.api_errors.affected import draw_affected
from dashboard.components.api_errors.exposure import draw_exposure
from dashboard.components.api_errors.links import overview_link, without_calls
from dashboard.components.api_errors.masked import masked_html
from dashboard.components.api_errors.samples import draw_samples
from dashboard.components.shared.breakdowns import draw_breakdown
from dashboard.components.shared.links import link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import drilldown_link
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.components.shared.trends import draw_trend
from dashboard.metrics.formatting import age_text, instant_words, value_text
from dashboard.reports.api_errors.error_group import Window, window
from dashboard.reports.api_errors.error_groups import Change, newest_change
from dashboard.reports.api_errors.error_identity import Identity, identity
from dashboard.scope import Scope

_WEEK = timedelta(days=7)


def show_group(context: PageContext, fingerprint: str) -> None:
    """The group of that fingerprint instead of the overview."""
    back = as_html(overview_link(context.page_scope))
    st.html(
        f'<nav class="cr nav"><a class="chip" href="{back}" target="_self">‹ All error groups</a></nav>'
    )
    context = replace(context, page_scope=without_calls(context.page_scope))
    group = context.ask("error group", lambda scope: identity(fingerprint, scope), fingerprint)
    if group is None:
        words = f"No failure belongs to the error group “{fingerprint}” at this as-of time."
        st.html(f'<div class="cr absent"><p>{inline_html(words)}</p></div>')
        return
    found = context.ask("error group window", lambda scope: window(group, scope), fingerprint)
    change = context.ask("newest change", newest_change)
    st.html(_head_html(context, group, found, change))
    if not found.spans:
        drilldown_link(_last_week(context, group), "No failures of this group in this period")
        return
    inside = replace(context, page_scope=context.page_scope.where("group", fingerprint))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_trend(inside, "failed_spans")
    with right:
        draw_affected(inside, group, found)
    draw_samples(inside, group, found)
    draw_exposure(context, group)
    _draw_where(context, group)


def _last_week(context: PageContext, group: Identity) -> str:
    until = group.last_seen + timedelta(seconds=1)
    around = replace(context.page_scope, length=None, since=until - _WEEK, until=until, filters=())
    return link("api_errors", around, group=group.fingerprint)


def _head_html(context: PageContext, group: Identity, found: Window, change: Change | None) -> str:
    scope = context.scope()
    new = ""
    if change and group.first_seen > change["changed_at"]:
        new = f' <span class="new">new since “{inline_html(change["title"])}”</span>'
    background = ' <span class="quiet">background</span>' if group.is_background else ""
    return (
        f'<header class="cr group-head"><h1>{inline_html(group.system)} · {inline_html(group.name)}'
        f' <span class="type">{inline_html(group.error_type)}</span>{background}{new}</h1>'
        f'<div class="message whole" dir="auto">{masked_html(group.message)}</div>'
        f"{_callers_html(context, found)}<dl>{''.join(_facts(group, found, scope))}</dl></header>"
    )


def _callers_html(context: PageContext, found: Window) -> str:
    if not found.callers:
        return ""
    named = ", ".join(
        f'<a href="{as_html(link("api_errors", context.page_scope, system=system, name=name))}"'
        f' target="_self">{inline_html(system)} · {inline_html(name)}</a> ({spans:,} of {found.spans:,})'
        for system, name, spans in found.callers
    )
    return f"<p>Called from {named}</p>"


def _facts(group: Identity, found: Window, scope: Scope) -> list[str]:
    recovered = "–"
    if found.spans:
        share = value_text("share", found.recovered / found.spans)
        recovered = f"{share} <small>{found.recovered:,} of {found.spans:,}</small>"
    facts = [
        ("Failed spans", f"{found.spans:,} <small>{group.spans:,} all time</small>"),
        ("Conversations", f"{found.affected.total:,}"),
        ("Accounts", f"{found.accounts:,}"),
        ("Recovered", recovered),
        ("First seen", _seen(group.first_seen, scope)),
        ("Last seen", _seen(group.last_seen, scope)),
        ("Fingerprint", f"<code>{as_html(group.fingerprint)}</code>"),
    ]
    return [f"<div><dt>{name}</dt><dd>{html}</dd></div>" for name, html in facts]


def _seen(at: datetime, scope: Scope) -> str:
    age = age_text(max((scope.as_of - at).total_seconds(), 0))
    return f"{as_html(age)} ago <small>{as_html(instant_words(at, scope.time_zone))}</small>"


def _draw_where(context: PageContext, group: Identity) -> None:
    call = context.page_scope.where("system", group.system).where("name", group.name)
    # Background work knows no agent version.
    first = "plan" if group.is_background else "version"
    st.markdown("#### Where this call fails most, for any error")
    draw_breakdown(replace(context, page_scope=call), "api_error_rate", state_key="by", first=first)
