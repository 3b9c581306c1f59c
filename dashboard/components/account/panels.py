"""What fails for the account, how it rated, and its episodes."""

from dataclasses import replace

import streamlit as st

from dashboard.components.account.marks import around, level_of
from dashboard.components.account.rows import table_html
from dashboard.components.api_errors.links import overview_link, trace_link
from dashboard.components.conversations.table import table_html as episodes_html
from dashboard.components.shared.links import conversation_link, conversations_link, link
from dashboard.components.shared.out_links import trace_html
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.components.shared.tables import Column, more_link, say
from dashboard.metrics.formatting import count_text, range_text, value_text
from dashboard.metrics.value_words import value_words
from dashboard.postgres.read import FrameRow
from dashboard.query.explaining import Shown
from dashboard.query.measure import measure, questions
from dashboard.reports.account.failures import (
    KIND,
    FailureGroup,
    account_failures,
    failures_statement,
    silent_by_kind,
)
from dashboard.reports.account.ratings import Ratings, account_ratings, ratings_statement
from dashboard.reports.account.timeline import account_of
from dashboard.reports.account.words import rating_words
from dashboard.reports.conversations.conversations import ConversationList, conversations
from dashboard.reports.conversations.question import Question
from dashboard.reports.shared.moments import moment_words
from dashboard.scope import Scope
from dashboard.settings import PROJECT_ROOT

_MOST_GROUPS = 8
_MOST_RATINGS = 8
_MOST_EPISODES = 20
_LONGEST = 400
_RATES = ["api_error_rate", "unrecovered_error_rate"]
_LIST_STYLE = PROJECT_ROOT / "dashboard" / "components" / "conversations" / "list.css"


def draw_failures(context: PageContext) -> None:
    """Failed calls and jobs by system, name and error type."""
    scope = context.scope()
    statements = {"failures": failures_statement(scope, _MOST_GROUPS)}
    with panel("Failures", ["failed_spans", *_RATES, "silent_failures"], statements):
        found = context.ask("failures", lambda s: account_failures(s, _MOST_GROUPS))
        rates = context.ask("error rates", lambda s: measure(_RATES, s).set_index("metric"))
        failed, unrecovered = (rates.loc[key] for key in _RATES)
        calls = count_text(int(failed["denominator"]), "span")
        if not found.failed:
            say(f"None of {calls} failed." if failed["denominator"] else "No calls in this period.")
            return
        say(
            f"{found.failed:,} of {calls} failed ({value_text('share', failed['value'])});"
            f" {int(unrecovered['numerator']):,} not recovered."
        )
        silent = context.ask("silent failures by kind", silent_by_kind)
        rows = [
            _group_cells(context, group, silent.get(group.kind, 0), scope) for group in found.rows
        ]
        columns = (
            Column("What failed"),
            Column("Failed", True),
            Column("Recovered", True),
            Column("Last seen"),
        )
        st.html(table_html(columns, rows, "Failures by system, name and error type"))
        if found.groups > len(found.rows):
            more_link(overview_link(context.page_scope), f"All {found.groups:,} in API errors")


def _group_cells(
    context: PageContext, group: FailureGroup, silent: int, scope: Scope
) -> tuple[str, ...]:
    account = account_of(scope.filters)
    message = f": {group.last_message}" if group.last_message else ""
    last = trace_link(context.page_scope, account, group.last_trace_id, group.last_span_id)
    day, _, clock = moment_words(group.last_at, scope.as_of, scope.time_zone).rpartition(", ")
    out = trace_html(account, group.last_trace_id, group.last_span_id, group.last_conversation_id)
    return (
        f"<b>{inline_html(group.system)} · {inline_html(group.name)}</b>"
        f'<div class="second error two-lines">{inline_html(group.error_type + message)}</div>'
        f'<div class="second">{_group_ways(context, group, silent)}</div>',
        f"{group.failed:,}",
        f"{group.recovered:,}",
        f'<a href="{as_html(last)}" target="_self">{as_html(clock)}</a>'
        f'<div class="second when">{as_html(day or "today")}</div><div class="second">{out}</div>',
    )


def _group_ways(context: PageContext, group: FailureGroup, silent: int) -> str:
    """Links to the conversations it failed in, to those affected silently, or to those that followed."""
    inside = context.page_scope
    for dimension, value in zip(KIND, group.kind, strict=True):
        inside = inside.where(dimension, value)
    ways = []
    if group.failed > group.in_background:
        ways.append((conversations_link(inside, "failed_spans"), "Conversations"))
    if silent:
        words = count_text(silent, "silent failure")
        ways.append((conversations_link(inside, "silent_failures"), words))
    if not ways:
        after = around(context.page_scope, group.last_at)
        ways.append((conversations_link(after), "Conversations in the 24 hours after the last"))
    return " · ".join(
        f'<a href="{as_html(href)}" target="_self">{words}</a>' for href, words in ways
    )


def draw_ratings(context: PageContext) -> None:
    """The ratings with their comments, newest first."""
    scope = context.scope()
    queries = questions(["csat"], [scope])
    statements: dict[str, Shown] = {"ratings": ratings_statement(scope, _MOST_RATINGS)}
    statements |= {f"CSAT: {fact}": question for fact, question in queries.items()}
    with panel("Ratings", ["csat"], statements):
        found = context.ask("ratings", lambda s: account_ratings(s, _MOST_RATINGS))
        if not found.total:
            say("No ratings in this period.")
            return
        csat = context.ask("csat", lambda s: measure(["csat"], s).iloc[0])
        say(
            f"CSAT {value_text('share', csat['value'])}, n {int(csat['n']):,}"
            f" (95 % {range_text('share', csat['low'], csat['high'])}).",
            "Episodes that started in this period.",
        )
        st.html(_counts_html(context, found))
        rows = "".join(_rating_html(context, row, scope) for row in found.rows.itertuples())
        st.html(f'<div class="cr"><ul class="ratings">{rows}</ul></div>')
        if found.total > len(found.rows):
            more_link(
                link("conversations", context.page_scope, rated="yes"),
                f"All {found.total:,} ratings",
            )


def _counts_html(context: PageContext, found: Ratings) -> str:
    chips = "".join(
        f'<a class="chip" target="_self" href="{as_html(_stars_link(context, stars))}">'
        f'<b class="stars" data-level="{level_of(int(stars))}">{stars}</b> {count:,}</a>'
        for stars, count in found.counts.items()
        if count
    )
    return f'<div class="cr"><div class="chips" aria-label="Ratings by stars">{chips}</div></div>'


def _stars_link(context: PageContext, stars: str) -> str:
    return conversations_link(context.page_scope.where("rating", stars))


def _rating_html(context: PageContext, row: FrameRow, scope: Scope) -> str:
    href = conversation_link(context.page_scope, row.account_id, row.conversation_id)
    comment = (row.rating_comment or "").strip()
    text = as_html(comment[:_LONGEST]) if comment else '<span class="faint">No comment</span>'
    when = moment_words(row.rated_at, scope.as_of, scope.time_zone)
    named = (("topic", row.topic), ("handled_by", row.handled_by))
    about = " · ".join(inline_html(value_words(key, value)) for key, value in named if value)
    return (
        f'<li><b class="stars" data-level="{level_of(row.rating)}">{rating_words(row.rating)}</b>'
        f' <span class="text" dir="auto">{text}</span>'
        f'<div class="second"><a href="{as_html(href)}" target="_self">{as_html(when)}</a>'
        f" · {about}</div></li>"
    )


def draw_episodes(context: PageContext) -> None:
    """The newest episodes as the list shows them, and the way to the whole list."""
    question = Question(context.page_scope)
    queries = questions(["episodes"], [context.scope()])
    with panel("Episodes", ["episodes"], {fact: q.statement for fact, q in queries.items()}):
        found = context.ask("episodes", lambda s: _newest(question, s))
        if not found.total:
            say("No episodes in this period.")
            return
        st.html(_LIST_STYLE)
        shown = len(found.rows)
        say(
            count_text(found.total, "episode")
            + (f", showing the newest {shown}." if found.total > shown else ".")
        )
        with st.container(key="account_episodes"):
            st.html(episodes_html(found))
        more_link(conversations_link(context.page_scope), "Full list")


def _newest(question: Question, scope: Scope) -> ConversationList:
    listed = conversations(question, scope.as_of)
    return replace(listed, rows=listed.rows[:_MOST_EPISODES])
