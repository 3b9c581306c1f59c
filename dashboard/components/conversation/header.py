"""The head of the page: who, when, how it ended and why; or a sentence where there is nothing to show."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode

from dashboard.components.shared.links import (
    about_one,
    account_link,
    conversation_link,
    conversations_link,
)
from dashboard.components.shared.out_links import helpdesk_html
from dashboard.components.shared.outcomes import outcome_html
from dashboard.components.shared.plain_text import as_html, inline_html
from dashboard.metrics.formatting import duration_text, instant_words, lower_first, upper_first
from dashboard.metrics.value_words import value_words
from dashboard.reports.conversation.conversation import Conversation, Row
from dashboard.reports.conversations.neighbours import Key, Neighbours
from dashboard.reports.conversations.rows import FURTHER
from dashboard.reports.shared.moments import between_words, moment_words
from dashboard.reports.shared.titles import conversation_title
from dashboard.reports.shared.verdict import verdict
from dashboard.scope_url import OpenScope

_LISTED = timedelta(days=90)


def navigation_html(scope: OpenScope, from_list: str | None, neighbours: Neighbours) -> str:
    """Back to the list, and the ones before and after in it. `scope` is the link's."""
    if from_list is None:
        return (
            f'<nav class="cr nav" aria-label="List"><a class="chip" href="{as_html(all_href(scope))}">'
            "‹ Conversations</a></nav>"
        )
    sides = [
        _side("‹ Previous", neighbours.before, scope, from_list),
        _side("Next ›", neighbours.after, scope, from_list),
    ]
    note = "" if neighbours.is_listed else '<span class="faint">No longer in the list</span>'
    return (
        f'<nav class="cr nav" aria-label="List"><a class="chip" href="{as_html(list_href(from_list))}">'
        f"↑ Back to the list</a>{''.join(sides)}{note}</nav>"
    )


def all_href(scope: OpenScope) -> str:
    """The list of all conversations of the link's scope."""
    return about_one("conversations", scope)


def list_href(from_list: str) -> str:
    """The list that `from_list` names; its parameters are re-encoded."""
    return f"conversations?{urlencode(parse_qs(from_list), doseq=True)}"


def _side(label: str, key: Key | None, scope: OpenScope, from_list: str) -> str:
    if key is None:
        return f'<span class="chip faint" aria-disabled="true">{label}</span>'
    href = conversation_link(scope, key[0], key[1], from_list=from_list)
    return f'<a class="chip" href="{as_html(href)}">{label}</a>'


def header_html(
    about: Conversation, page_scope: OpenScope, previous: Row | None, live_link: str | None
) -> str:
    """The head: subject, verdict with its reason, and the facts. `live_link` leads from a past instant to
    the present."""
    facts, scope = about.facts, about.scope
    judged = verdict(facts, scope.as_of, scope.time_zone)
    notes = [*judged.notes, *_came_back(facts, previous)]
    pinned = ""
    if live_link:
        instant = as_html(instant_words(scope.as_of, scope.time_zone, seconds=True))
        pinned = (
            f'<div class="pinned">As of {instant} ({as_html(scope.time_zone)}).'
            f' <a href="{as_html(live_link)}">Show current state</a></div>'
        )
    title = conversation_title(facts)
    reason = upper_first(judged.reason)
    return (
        f'<header class="cr head">{pinned}<h1 dir="auto">{as_html(title)}</h1>'
        f'<p class="verdict">{outcome_html(judged.outcome)} <span>{inline_html(reason)}</span></p>'
        f"{''.join(f'<p class=note>{inline_html(note)}</p>' for note in notes)}"
        f"{_facts_html(about, page_scope)}{_rating_html(about)}"
        f"{_evaluations_html(about)}</header>"
    )


def _came_back(facts: Row, previous: Row | None) -> list[str]:
    if previous is None:
        return []
    gap = between_words(previous["ended_at"] or previous["started_at"], facts["started_at"])
    outcome = lower_first(value_words("outcome", previous["outcome"]))
    return [f"Previous conversation of this account: {gap} earlier, {outcome}."]


def _facts_html(about: Conversation, page_scope: OpenScope) -> str:
    facts, zone = about.facts, about.scope.time_zone
    helpdesk = helpdesk_html(*about.key)
    shown = {
        "Account": _account_html(about, page_scope),
        "Plan": _plan(facts),
        "Contact": _known(facts["contact_name"]),
        "Started": as_html(instant_words(facts["started_at"], zone)),
        "Duration": as_html(_lasted(about)),
        "Topic": _known(facts["topic"], "topic"),
        "Channel": _known(facts["channel"], "channel"),
        "Language": _known(facts["language"], "language"),
        "Agent version": _known(facts["agent_version"]),
        **{one.label: _known(facts[one.column]) for one in FURTHER},
        "Source": f"{_known(facts['source'])}{' · ' if helpdesk else ''}{helpdesk}",
    }
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in shown.items())
    return f'<dl class="facts">{cells}</dl>'


def _account_html(about: Conversation, page_scope: OpenScope) -> str:
    """The account's name, which leads to its page, and the way to the list of its conversations."""
    facts = about.facts
    account = account_link(page_scope, facts["account_id"])
    recent = replace(page_scope, length=_LISTED, since=None, until=None, filters=())
    listed = conversations_link(recent.where("account", facts["account_id"]))
    name = inline_html(facts["account_name"] or facts["account_id"])
    return (
        f'<a href="{as_html(account)}">{name}</a> · '
        f'<a href="{as_html(listed)}">all conversations</a>'
    )


def _plan(facts: Row) -> str:
    revenue = facts["monthly_revenue"]
    paid = f' <span class="muted">({revenue:,.0f} a month)</span>' if revenue is not None else ""
    return f"{_known(facts['plan'], 'plan')}{paid}"


def _known(text: str | None, dimension: str = "") -> str:
    """The text, of a dimension in words; a faint word where there is none."""
    if not text:
        return '<span class="faint">unknown</span>'
    return inline_html(value_words(dimension, text) if dimension else text)


def _lasted(about: Conversation) -> str:
    facts = about.facts
    if facts["times_placed"]:
        return "not measured"
    end = facts["ended_at"] or about.scope.as_of
    words = duration_text(max((end - facts["started_at"]).total_seconds(), 0))
    is_open = facts["ended_at"] is None and facts["outcome"] != "excluded"
    return f"{words} so far" if is_open else words


def _rating_html(about: Conversation) -> str:
    facts = about.facts
    if facts["rating"] is None:
        return ""
    level = "low" if facts["rating"] <= 2 else "high" if facts["rating"] >= 4 else "middle"
    at = moment_words(facts["rated_at"], facts["started_at"], about.scope.time_zone)
    comment = facts["rating_comment"]
    quoted = f' <q class="text" dir="auto">{as_html(comment)}</q>' if comment else ""
    return (
        f'<p class="rating"><span class="stars" data-level="{level}">Rated {facts["rating"]} of 5</span>'
        f' <span class="muted">at {as_html(at)}</span>{quoted}</p>'
    )


def _evaluations_html(about: Conversation) -> str:
    lines = []
    for row in about.evaluations:
        score = None if row["score"] is None else f"{row['score']:.2f}"
        given = " · ".join(filter(None, (row["label"], score)))
        explanation = (
            f' <span class="muted">{inline_html(row["explanation"])}</span>'
            if row["explanation"]
            else ""
        )
        lines.append(
            f'<p class="judged">{inline_html(row["name"])}: <b>{inline_html(given or "no score")}</b>'
            f' <span class="muted">by {inline_html(row["evaluator"])}</span>{explanation}</p>'
        )
    return "".join(lines)


def absent_html(words: str, from_list: str | None, links: dict[str, str] | None = None) -> str:
    """One sentence where there is no conversation to show, with links to go on."""
    found = dict(links or {})
    found["Back to the list" if from_list else "All conversations"] = (
        list_href(from_list) if from_list else "conversations"
    )
    chips = "".join(
        f'<a class="chip" href="{as_html(href)}">{label}</a>' for label, href in found.items()
    )
    return (
        f'<div class="cr panel absent"><h1>Conversation not found</h1><p>{as_html(words)}</p>'
        f'<div class="chips">{chips}</div></div>'
    )


def not_started_words(started_at: datetime, as_of: datetime, zone: str) -> str:
    """The sentence for a conversation that starts after the instant of asking."""
    return (
        f"This conversation had not started by {instant_words(as_of, zone)}; it started on"
        f" {instant_words(started_at, zone)}."
    )
