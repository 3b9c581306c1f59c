"""The list as HTML: a row is a link, and all text from the warehouse is escaped."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dashboard.components.shared.links import conversation_link
from dashboard.components.shared.outcomes import outcome_html
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.metrics.formatting import clock_words, duration_text, instant_words
from dashboard.metrics.value_words import reason_phrase, value_words
from dashboard.reports.conversations.conversations import ConversationList, Row
from dashboard.reports.conversations.counts import PartCount
from dashboard.reports.conversations.question import Question
from dashboard.reports.conversations.rows import FURTHER
from dashboard.reports.conversations.words import narrowings, part_words
from dashboard.reports.shared.moments import moment_words

_MATCH = re.compile("\x02(.*?)\x03", re.DOTALL)
_COLUMNS = (
    ("started", "Started"),
    ("account", "Account"),
    ("about", "Conversation"),
    ("outcome-cell", "Outcome"),
    ("rating", "Rating"),
    ("failed", "Failed calls"),
    ("lasted", "Duration"),
)


def list_link(question: Question) -> str:
    """A relative link to the list of `question`."""
    return f"conversations?{urlencode(question.parameters(), doseq=True)}"


def table_html(listed: ConversationList) -> str:
    """The page of the list as one table."""
    head = "".join(f'<th scope="col" class="{key}">{label}</th>' for key, label in _COLUMNS)
    rows = "".join(_row_html(row, listed) for row in listed.rows)
    return (
        f'<div class="cr"><table class="list"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def chips_html(listed: ConversationList) -> str:
    """The parts of the figure to switch between, then each applied filter, with a link that removes it."""
    parts = "".join(_part_html(listed, count) for count in listed.parts if len(listed.parts) > 1)
    narrowing = "".join(
        f'<a class="chip" href="{as_html(list_link(item.without))}" title="Remove this filter">'
        f'{inline_html(item.words)} <span aria-hidden="true" class="faint">✕</span></a>'
        for item in narrowings(listed.question)
    )
    if listed.question.metric:
        narrowing += (
            f'<a class="chip" href="{as_html(_without_metric(listed.question))}">'
            "All conversations in this period</a>"
        )
    if not listed.question.page_scope.is_live:
        live = replace(
            listed.question, page_scope=replace(listed.question.page_scope, as_of=None), page=1
        )
        at = instant_words(listed.scope.as_of, listed.scope.time_zone)
        narrowing += (
            f'<a class="chip" href="{as_html(list_link(live))}" title="Show current state">'
            f'as of {at} <span aria-hidden="true" class="faint">✕</span></a>'
        )
    return f'<div class="chips">{parts}{narrowing}</div>' if parts or narrowing else ""


def pages_html(listed: ConversationList) -> str:
    """Links to the other pages, of the list as of when this page was read."""
    if listed.pages == 1:
        return f'<div class="cr pages faint">{_read_at(listed)}</div>'
    pinned = listed.question.at(listed.scope.as_of)
    wanted = (
        ("« First", 1),
        ("‹ Previous", listed.page - 1),
        ("Next ›", listed.page + 1),
        ("Last »", listed.pages),
    )
    links = [
        f'<a class="chip" href="{as_html(list_link(pinned.on_page(page)))}">{label}</a>'
        if 1 <= page <= listed.pages and page != listed.page
        else f'<span class="chip faint" aria-disabled="true">{label}</span>'
        for label, page in wanted
    ]
    here = f"<span>Page {listed.page:,} of {listed.pages:,}</span>"
    return (
        f'<nav class="cr pages" aria-label="Pages">{"".join(links[:2])}{here}{"".join(links[2:])}'
        f'<span class="faint">{_read_at(listed)}</span></nav>'
    )


def _part_html(listed: ConversationList, count: PartCount) -> str:
    page_scope = listed.question
    link = list_link(replace(page_scope, part=count.part.key, page=1))
    current = ' aria-current="true"' if count.is_listed else ""
    return f'<a class="chip" href="{as_html(link)}"{current}>{as_html(part_words(count))}</a>'


def _without_metric(question: Question) -> str:
    return list_link(replace(question, metric=None, part=None, dating="episode", page=1))


def _read_at(listed: ConversationList) -> str:
    zone = listed.scope.time_zone
    return f"As of {clock_words(listed.scope.as_of, zone)} ({as_html(zone)})"


def _row_html(row: Row, listed: ConversationList) -> str:
    cells = {
        "started": _started_html(row["started_at"], listed),
        "account": f"{_name_html(row)}{_line(row['plan'] and value_words('plan', row['plan']))}",
        "about": _about_html(row, listed),
        "outcome-cell": outcome_html(row["outcome"]) + _line(_outcome_reason(row)),
        "rating": _rating_html(row["rating"]),
        "failed": _failed_html(row["failed_spans"]),
        "lasted": _lasted_html(row),
    }
    body = "".join(
        f'<td class="{key}" data-label="{label}">{cells[key]}</td>' for key, label in _COLUMNS
    )
    return f"<tr>{body}</tr>"


def _started_html(started_at: datetime, listed: ConversationList) -> str:
    zone = listed.scope.time_zone
    words = moment_words(started_at, listed.scope.as_of, zone)
    date, _, clock = words.rpartition(", ")
    return f"{as_html(clock)}{_line(date or 'today')}"


def _name_html(row: Row) -> str:
    return inline_html(row["account_name"] or row["account_id"])


def _about_html(row: Row, listed: ConversationList) -> str:
    first = (row["first_words"] or "").strip()
    title = row["subject"] or first or "No customer message"
    link = conversation_link(
        listed.question.page_scope,
        row["account_id"],
        row["conversation_id"],
        from_list=listed.question.link_text(),
    )
    facts = [
        inline_html(value_words(dimension, row[key]))
        for dimension, key in (
            ("topic", "topic"),
            ("channel", "channel"),
            ("version", "agent_version"),
        )
        if row[key]
    ]
    facts += [
        f"{as_html(one.label)}: {inline_html(value_words(one.key, row[one.column]))}"
        for one in FURTHER
        if row[one.column] is not None
    ]
    excerpt = _excerpt_html(row["excerpt"]) if row["excerpt"] else inline_html(first)
    if not row["excerpt"] and not row["subject"]:
        excerpt = ""
    calls = "".join(
        f' <span class="behind"><i aria-hidden="true">✕</i> {inline_html(call)}</span>'
        for call in row["calls"][:2]
    )
    second = " · ".join(facts) + calls
    if excerpt:
        second += f' <span class="said">{excerpt}</span>'
    return (
        f'<a class="open" href="{as_html(link)}">{inline_html(title[:160])}</a>'
        f'<div class="second">{second}</div>'
    )


def _excerpt_html(excerpt: str) -> str:
    parts = _MATCH.split(excerpt)
    marked = (
        f"<mark>{as_html(part)}</mark>" if i % 2 else as_html(part) for i, part in enumerate(parts)
    )
    return f"<bdi>… {''.join(marked)} …</bdi>"


def _outcome_reason(row: Row) -> str | None:
    if row["outcome"] == "escalated":
        return reason_phrase(row["handoff_reason"])
    return None


def _rating_html(rating: int | None) -> str:
    if rating is None:
        return '<span class="faint" title="Not rated">–</span>'
    level = "low" if rating <= 2 else "high" if rating >= 4 else "middle"
    return f'<span class="stars" data-level="{level}">{rating}<small> of 5</small></span>'


def _failed_html(failed: int) -> str:
    if not failed:
        return '<span class="faint">none</span>'
    return f'<span class="has-failed"><i aria-hidden="true">✕</i> {failed}</span>'


def _lasted_html(row: Row) -> str:
    if row["times_placed"]:
        return '<span class="faint" title="The source has no timestamps">not measured</span>'
    end = row["ended_at"] or row["known_until"]
    words = duration_text(max((end - row["started_at"]).total_seconds(), 0))
    return as_html(words) + (
        "" if row["ended_at"] or row["outcome"] == "excluded" else _line("so far")
    )


def _line(words: Any) -> str:
    return f'<div class="second">{inline_html(words)}</div>' if words else ""
