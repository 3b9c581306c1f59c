"""The transcript: messages, calls and turning points in order.

Nothing in it is markup but what stands in this file.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.components.conversation.call import call_html
from dashboard.components.shared.plain_text import as_html, inline_html, web_link
from dashboard.metrics.formatting import clock_words
from dashboard.metrics.value_words import reason_phrase
from dashboard.reports.conversation.conversation import (
    MOST_MESSAGES,
    MOST_SPANS,
    Conversation,
    Entry,
    Row,
)
from dashboard.reports.conversation.culprit_words import name_of
from dashboard.reports.conversation.culprits import Culprit
from dashboard.reports.shared.moments import between_words, moment_words

SHOWN_AT_ONCE = 10_000
"""Characters of a message that are open; the rest is folded."""

_LONG = 3_000
"""From this many characters on a message scrolls in a box of its own."""

_AUTHORS = {
    "customer": "Customer",
    "ai_agent": "AI agent",
    "human_agent": "Human agent",
    "system": "System",
}
_CLOSING = {
    "confirmed": "the customer confirmed",
    "negative": "the customer left dissatisfied",
    "silent": "the customer went silent",
}


def transcript_html(about: Conversation, culprits: list[Culprit]) -> str:
    """All messages and calls up to `as_of`, in order."""
    parts = [_before_html(about, culprits)]
    turns = list(_turns(about.facts))
    day = None
    for entry in about.entries:
        while turns and turns[0][0] <= entry.at:
            parts.append(_turn_html(*turns.pop(0), about))
        local = entry.at.astimezone(ZoneInfo(about.scope.time_zone)).date()
        if day is not None and local != day:
            parts.append(f'<div class="turn day">{local:%a} {local.day} {local:%b %Y}</div>')
        day = local
        parts.append(_entry_html(entry, about))
    parts += [_turn_html(*turn, about) for turn in turns]
    if not about.entries:
        parts.append('<p class="none">No messages or calls recorded.</p>')
    return (
        f'<section class="cr transcript"><h2>Transcript</h2>{_cut_html(about)}{"".join(parts)}'
        "</section>"
    )


def _cut_html(about: Conversation) -> str:
    cut = []
    if about.messages > MOST_MESSAGES:
        cut.append(
            f"Showing the first {MOST_MESSAGES} of {about.messages:,} messages; the download has all."
        )
    if about.spans > MOST_SPANS:
        cut.append(f"Showing the first {MOST_SPANS} of {about.spans:,} calls.")
    return "".join(f'<p class="note">{words}</p>' for words in cut)


def _before_html(about: Conversation, culprits: list[Culprit]) -> str:
    """Failures from before the first message, listed above the AI's first answer."""
    started_at = about.facts["started_at"]
    failures = sorted(
        (culprit.failure for culprit in culprits if culprit.failure and culprit.at < started_at),
        key=lambda failure: failure.failed_at,
    )
    return "".join(
        f'<div class="before"><time>{_moment(failure.failed_at, about)}</time>'
        f"<span><b>{inline_html(name_of(failure))}</b> failed ({inline_html(failure.error_type)}),"
        f" {as_html(between_words(failure.failed_at, started_at))} before this conversation</span></div>"
        for failure in failures
    )


def _turns(facts: Row) -> Iterator[tuple[datetime, str]]:
    """When the conversation turned: handoff, first human reply, end, rating; in order of time."""
    found = []
    if facts["handoff_at"]:
        reason = reason_phrase(facts["handoff_reason"])
        queue = f", queue {facts['handoff_queue']}" if facts["handoff_queue"] else ""
        found.append((facts["handoff_at"], f"Handoff requested: {reason}{queue}"))
    if facts["ended_at"]:
        closing = _CLOSING.get(facts["closing_signal"])
        # What came at the very instant of the end belongs before it.
        end = facts["ended_at"] + timedelta(microseconds=1)
        found.append((end, f"Ended{'; ' + closing if closing else ''}"))
    if facts["rating"] is not None:
        found.append((facts["rated_at"], f"The customer rated it {facts['rating']} of 5"))
    return iter(sorted(found))


def _turn_html(at: datetime, words: str, about: Conversation) -> str:
    return f'<div class="turn"><time>{_moment(at, about)}</time> {inline_html(words)}</div>'


def _entry_html(entry: Entry, about: Conversation) -> str:
    if not entry.is_message:
        return call_html(entry.row, about.key, about.facts["started_at"], about.scope.time_zone)
    row = entry.row
    who = f"<b>{_AUTHORS.get(row['author'], 'Unknown author')}</b>"
    if row["author_name"]:
        who += f" {inline_html(row['author_name'])}"
    if row["is_internal"]:
        who += ' <span class="tag">internal note</span>'
    if entry.at == about.facts["first_ai_reply_at"] and row["author"] == "ai_agent":
        who += ' <span class="tag">first AI answer</span>'
    internal = ' data-internal="true"' if row["is_internal"] else ""
    return (
        f'<article class="msg" data-author="{as_html(row["author"])}"{internal}>'
        f'<div class="who">{who} <time>{_moment(entry.at, about)}</time></div>'
        f"{_body_html(row)}{_citations_html(entry)}</article>"
    )


def _body_html(row: Row) -> str:
    body, characters = row["body"], row["characters"]
    shown, rest = body[:SHOWN_AT_ONCE], body[SHOWN_AT_ONCE:]
    is_long = ' data-long="true"' if len(shown) > _LONG else ""
    text = as_html(shown) or '<i class="faint">empty message</i>'
    html = f'<div class="text body" dir="auto"{is_long}>{text}</div>'
    if rest:
        html += (
            f'<details class="more"><summary>Show {len(rest):,} more of {characters:,} characters'
            f'</summary><div class="text body" dir="auto">{as_html(rest)}</div></details>'
        )
    if characters > len(body):
        html += f'<p class="note">The download has all {characters:,} characters.</p>'
    return html


def _citations_html(entry: Entry) -> str:
    if not entry.citations:
        return ""
    return f'<div class="cites">Cites {", ".join(map(_article_html, entry.citations))}</div>'


def _article_html(row: Row) -> str:
    title = inline_html(row["title"] or row["article_id"])
    url = web_link(row["url"])
    return f'<a href="{as_html(url)}" target="_blank">{title}</a>' if url else title


def _moment(instant: datetime, about: Conversation) -> str:
    words = moment_words(instant, about.facts["started_at"], about.scope.time_zone)
    return as_html(words if "," in words else clock_words(instant, about.scope.time_zone))
