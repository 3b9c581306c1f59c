"""What happened to this customer before and after, across systems: as a chart and as a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.charts.timeline import Mark, Span, timeline_figure
from dashboard.components.shared.choices import url_radio
from dashboard.components.shared.links import conversation_link
from dashboard.components.shared.out_links import trace_html
from dashboard.components.shared.outcomes import outcome_html
from dashboard.components.shared.plain_text import as_html, as_line, inline_html, web_link
from dashboard.metrics.formatting import clock_words, count_text
from dashboard.metrics.value_words import value_words
from dashboard.reports.conversation.conversation import Conversation, Row
from dashboard.reports.conversation.culprit_words import name_of
from dashboard.reports.conversation.culprits import Culprit
from dashboard.reports.conversation.customer_timeline import CustomerTimeline, Failure, Job
from dashboard.reports.shared.moments import moment_words
from dashboard.reports.shared.titles import conversation_title
from dashboard.scope_url import OpenScope

_MOST_LANES = 8
_MOST_ROWS = 80
_DAY = timedelta(hours=24)
_AROUND = {"close": "1 day before and after", "whole": "3 days before to 7 days after"}
_LEGEND = """<div class="cr timeline-head"><h2>Before and after, for this customer</h2>
<p class="legend"><span data-kind="failed">✕ failed</span> <span data-kind="recovered">✕ failed, then
recovered</span> <span data-kind="succeeded">❘ job succeeded</span> <span data-kind="change">◆ team
change</span> <span data-kind="conversation">● conversation</span>
<span data-kind="this">● this one</span></p></div>"""
_CHANGES, _CONVERSATIONS, _OTHERS = "team changes", "conversations", "other systems"


@dataclass(frozen=True)
class _Row:
    """One line of the list: `kind` decides its shape."""

    at: datetime
    kind: str
    html: str


def draw_timeline(about: Conversation, timeline: CustomerTimeline, culprits: list[Culprit]) -> None:
    """The figure, in lanes by system, with its legend and a choice of the window."""
    with st.container(horizontal=True, vertical_alignment="center", key="timeline_head"):
        st.html(_LEGEND)
        window = url_radio("around", _AROUND)
    facts = about.facts
    lanes = _lanes(timeline)
    end = facts["ended_at"] or timeline.until
    figure = timeline_figure(
        list(_marks(about, timeline, lanes)),
        lanes,
        Span(facts["started_at"], end, facts["first_ai_reply_at"]),
        _whole(timeline) if window == "whole" else _close(about, timeline, culprits),
        about.scope.time_zone,
    )
    st.plotly_chart(figure, key="timeline", config={"displayModeBar": False, "scrollZoom": False})


def _whole(timeline: CustomerTimeline) -> tuple[datetime, datetime]:
    margin = (timeline.until - timeline.since) * 0.01
    return timeline.since - margin, timeline.until + margin


def _close(
    about: Conversation, timeline: CustomerTimeline, culprits: list[Culprit]
) -> tuple[datetime, datetime]:
    """A day before and after the conversation, longer where a culprit is earlier."""
    started_at = about.facts["started_at"]
    end = about.facts["ended_at"] or timeline.until
    earliest = min([started_at, *(culprit.at for culprit in culprits)])
    return (
        max(min(started_at - _DAY, earliest - _DAY / 12), timeline.since),
        min(end + _DAY, timeline.until + _DAY / 24),
    )


def around_html(about: Conversation, timeline: CustomerTimeline, page_scope: OpenScope) -> str:
    """The same as a chronological list that includes this conversation."""
    rows = sorted(_rows(about, timeline, page_scope), key=lambda row: row.at)
    rows, cut = _nearest(rows, about.facts["started_at"])
    zone = ZoneInfo(about.scope.time_zone)
    html, day = [], None
    for row in rows:
        local = row.at.astimezone(zone)
        if local.date() != day:
            day = local.date()
            html.append(f'<li class="day">{local:%a} {local.day} {local:%b %Y}</li>')
        clock = clock_words(row.at, about.scope.time_zone)
        html.append(f'<li data-kind="{row.kind}"><time>{clock}</time><div>{row.html}</div></li>')
    notes = [*timeline.left_out, *cut]
    return (
        '<section class="cr around"><h2>Timeline</h2>'
        f"{_jobs_html(timeline.jobs, about)}<ol>{''.join(html)}</ol>"
        f"{''.join(f'<p class=note>{as_html(words)}</p>' for words in notes)}</section>"
    )


def _lanes(timeline: CustomerTimeline) -> list[str]:
    systems: dict[str, int] = {}
    for failure in timeline.failures:
        systems[failure.system] = systems.get(failure.system, 0) + 1
    for job in timeline.jobs:
        systems.setdefault(job.system, 0)
    named = sorted(systems, key=lambda system: (-systems[system], system))
    lanes = [as_line(system) for system in named[:_MOST_LANES]]
    if len(named) > _MOST_LANES:
        lanes.append(_OTHERS)
    return [_CHANGES, *lanes, _CONVERSATIONS]


def _marks(about: Conversation, timeline: CustomerTimeline, lanes: list[str]) -> Iterator[Mark]:
    def lane(system: str) -> str:
        named = as_line(system)
        return named if named in lanes else _OTHERS

    for job in timeline.jobs:
        for at in job.succeeded_at:
            yield Mark(lane(job.system), "succeeded", at, f"{as_line(job.name)} succeeded")
    for failure in timeline.failures:
        kind = "failed" if failure.recovered_at is None else "recovered"
        words = f"{as_line(failure.name)} failed: {as_line(failure.error_type)}"
        yield Mark(lane(failure.system), kind, failure.failed_at, words)
    for row in timeline.conversations:
        words = f"{_outcome(row)}: {as_line(conversation_title(row))[:80]}"
        yield Mark(_CONVERSATIONS, "conversation", row["started_at"], words)
    yield Mark(_CONVERSATIONS, "this", about.facts["started_at"], _outcome(about.facts))
    for change in timeline.changes:
        words = f"{as_line(change['component'])}: {as_line(change['title'])[:80]}"
        yield Mark(_CHANGES, "change", change["changed_at"], words)


def _outcome(row: Row) -> str:
    return value_words("outcome", row["outcome"])


def _rows(about: Conversation, timeline: CustomerTimeline, page_scope: OpenScope) -> Iterator[_Row]:
    for failure in timeline.failures:
        kind = "failed" if failure.recovered_at is None else "recovered"
        yield _Row(failure.failed_at, kind, _failure_html(failure, about))
    for row in timeline.conversations:
        href = conversation_link(page_scope, row["account_id"], row["conversation_id"])
        title = conversation_title(row)
        yield _Row(
            row["started_at"],
            "conversation",
            f'<a href="{as_html(href)}">{inline_html(title[:120])}</a>'
            f'<div class="second">{outcome_html(row["outcome"])}</div>',
        )
    for change in timeline.changes:
        url = web_link(change["url"])
        title = inline_html(change["title"])
        title = f'<a href="{as_html(url)}" target="_blank">{title}</a>' if url else title
        html = f'{title}<div class="second">Team change: {inline_html(change["component"])}</div>'
        yield _Row(change["changed_at"], "change", html)
    facts = about.facts
    yield _Row(facts["started_at"], "this", "<b>This conversation started</b>")
    if facts["first_ai_reply_at"]:
        yield _Row(facts["first_ai_reply_at"], "this", "<b>First AI answer</b>")
    if facts["handoff_at"]:
        yield _Row(facts["handoff_at"], "this", "<b>Handoff requested</b>")
    if facts["ended_at"]:
        yield _Row(facts["ended_at"], "this", "<b>This conversation ended</b>")


def _failure_html(failure: Failure, about: Conversation) -> str:
    deepest = failure.causes[-1] if failure.causes else failure
    inside = f"nested call {name_of(deepest)}: " if failure.causes else ""
    message = f": {deepest.error_message[:300]}" if deepest.error_message else ""
    zone, started_at = about.scope.time_zone, about.facts["started_at"]
    if failure.recovered_at:
        later = f"Recovered at {moment_words(failure.recovered_at, started_at, zone)}"
    else:
        later = "Not recovered"
    where = " · in this conversation" if failure.is_here else ""
    if failure.conversation_id and not failure.is_here:
        where = " · in another conversation"
    trace = trace_html(about.key[0], deepest.trace_id, deepest.span_id, failure.conversation_id)
    return (
        f"<b>{inline_html(name_of(failure))}</b> failed"
        f'<div class="second">{inline_html(f"{inside}{deepest.error_type}{message}")}</div>'
        f'<div class="second later">{as_html(later + where)}{" · " if trace else ""}{trace}</div>'
    )


def _jobs_html(jobs: tuple[Job, ...], about: Conversation) -> str:
    lines = []
    started_at, zone = about.facts["started_at"], about.scope.time_zone
    for job in jobs[:6]:
        succeeded = job.succeeded_at
        before = [at for at in succeeded if at <= started_at]
        last = (
            f", last before this conversation {moment_words(max(before), started_at, zone)}"
            if before
            else ""
        )
        ran = f"ran {count_text(job.runs, 'time')}, succeeded {count_text(len(succeeded), 'time')}{last}"
        lines.append(f"<p>{inline_html(f'{job.system} · {job.name}')} {as_html(ran)}.</p>")
    return f'<div class="jobs">{"".join(lines)}</div>' if lines else ""


def _nearest(rows: list[_Row], to: datetime) -> tuple[list[_Row], list[str]]:
    if len(rows) <= _MOST_ROWS:
        return rows, []
    near = sorted(rows, key=lambda row: (row.kind != "this", abs(row.at - to)))[:_MOST_ROWS]
    words = f"Showing the {_MOST_ROWS} nearest of {len(rows):,} entries."
    return sorted(near, key=lambda row: row.at), [words]
