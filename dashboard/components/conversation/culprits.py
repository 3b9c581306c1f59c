"""The likely culprits, first on the page, each with the reasons for its rank."""

from dataclasses import replace
from datetime import timedelta

from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.out_links import trace_html
from dashboard.components.shared.plain_text import as_html, inline_html, web_link
from dashboard.reports.conversation.conversation import Conversation
from dashboard.reports.conversation.culprit_words import (
    circumstances,
    headline,
    name_of,
    points_words,
)
from dashboard.reports.conversation.culprits import LEAST_POINTS, Culprit
from dashboard.reports.conversation.customer_timeline import CustomerTimeline, Failure
from dashboard.scope_url import OpenScope

_HOUR = timedelta(hours=1)
_RULE = (
    "Points: 3 for a failure in the conversation; 3 if it was not recovered when the AI first answered,"
    " −3 if it was; 3, 2 or 1 for less than 1, 6 or 24 hours before that answer; 2 if the conversation"
    " does not refer to it, or a message mentions it; 2 or 1 for ten or more, or fewer, other accounts with"
    " the same error within an hour; 2 for a team change to that component in the 24 hours before."
    f" Culprits need at least {LEAST_POINTS} points. Points rank likelihood; they are not proof."
)


def culprits_html(
    about: Conversation, culprits: list[Culprit], timeline: CustomerTimeline, page_scope: OpenScope
) -> str:
    """The ranked list, or one sentence where there is nothing to list."""
    if not culprits:
        return (
            '<section class="cr panel culprits"><h2>Likely culprits</h2>'
            f'<p class="none">{as_html(_nothing(timeline))}</p></section>'
        )
    items = "".join(_item_html(culprit, about, page_scope) for culprit in culprits)
    return (
        '<section class="cr panel culprits" data-found="true"><h2>Likely culprits</h2>'
        f'<ol>{items}</ol><details class="rule"><summary>How this is ranked</summary>'
        f"<p>{as_html(_RULE)}</p></details></section>"
    )


def _nothing(timeline: CustomerTimeline) -> str:
    failed = len(timeline.failures)
    if not failed:
        return (
            "No failures for this customer in the 72 hours before, and no failed calls in this"
            " conversation. Check the AI's answers."
        )
    return (
        "Failures of this customer were recovered in time or are too distant to be likely. See the"
        " timeline below."
    )


def _item_html(culprit: Culprit, about: Conversation, page_scope: OpenScope) -> str:
    lines = [
        f'<div class="what">{inline_html(headline(culprit, about))}</div>',
        f'<div class="why">{inline_html(circumstances(culprit, about))}</div>',
    ]
    if culprit.failure:
        lines.append(_error_html(culprit.failure))
        href = as_html(_others_link(culprit.failure, page_scope))
        words = (
            "All conversations with this error"
            if culprit.failure.conversation_id
            else "All conversations affected silently"
        )
        trace = _trace_html(culprit.failure, about)
        lines.append(
            f'<div class="points">{as_html(points_words(culprit))} · '
            f'<a href="{href}">{words}</a>{" · " if trace else ""}{trace}</div>'
        )
    else:
        url = web_link(culprit.change["url"])
        more = f' · <a href="{as_html(url)}" target="_blank">View change</a>' if url else ""
        lines.append(f'<div class="points">{as_html(points_words(culprit))}{more}</div>')
    return f"<li>{''.join(lines)}</li>"


def _error_html(failure: Failure) -> str:
    deepest = failure.causes[-1] if failure.causes else failure
    message = f": {deepest.error_message}" if deepest.error_message else ""
    inside = f"nested call {name_of(deepest)}: " if failure.causes else ""
    return f'<div class="error">{inline_html(f"{inside}{deepest.error_type}{message}")}</div>'


def _trace_html(failure: Failure, about: Conversation) -> str:
    deepest = failure.causes[-1] if failure.causes else failure
    return trace_html(about.key[0], deepest.trace_id, deepest.span_id, failure.conversation_id)


def _others_link(failure: Failure, page_scope: OpenScope) -> str:
    reach = _HOUR if failure.conversation_id else timedelta(hours=24)
    since, until = failure.started_at - _HOUR, failure.started_at + reach
    page_scope = replace(page_scope, length=None, since=since, until=until)
    page_scope = page_scope.where("system", failure.system).where("name", failure.name)
    if failure.conversation_id:
        page_scope = page_scope.where("error_type", failure.error_type)
        return conversations_link(page_scope, "failed_spans")
    return conversations_link(page_scope, "silent_failures")
