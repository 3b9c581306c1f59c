"""A list in words: what it shows, of which period, with which filters, as of when."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboard.metrics.dimensions import LABELS
from dashboard.metrics.facts import FACTS
from dashboard.metrics.formatting import count_text, instant_words, length_words, lower_first
from dashboard.metrics.registry import find_metric
from dashboard.metrics.value_words import value_words
from dashboard.reports.conversations.conversations import ConversationList
from dashboard.reports.conversations.counts import PartCount
from dashboard.reports.conversations.parts import parts_of
from dashboard.reports.conversations.question import Question
from dashboard.reports.conversations.rows import part_of
from dashboard.scope import Scope, filter_text

_FAILED = {
    "yes": "with a failed call",
    "unrecovered": "with a failed call that was not recovered",
    "no": "without a failed call",
}
_RATED = {"yes": "rated", "low": "rated 1 or 2", "high": "rated 4 or 5", "no": "not rated"}
_ROWS = re.compile(r"\b(spans|failures|accounts|handoffs|ratings|episodes|conversations)\b")
_VERBS = re.compile(r"\bthat (are|were|have)\b")
_SINGULAR = {"are": "is", "were": "was", "have": "has"}


@dataclass(frozen=True)
class Narrowing:
    """One thing that narrows the list, and the question that asks all but it."""

    words: str
    without: Question


def subject(question: Question) -> str:
    """What is listed: conversations, or those behind a part of a figure."""
    part = part_of(question)
    if part is None or question.metric is None:
        return "Conversations"
    metric = find_metric(question.metric)
    which = f" ({part.words})" if len(parts_of(metric, question.dating)) > 1 else ""
    return f"Conversations behind {lower_first(metric.label)}{which}"


def circumstances(question: Question, scope: Scope) -> str:
    """How the list is filtered: its window, its filters, and the as-of time."""
    asked = [narrowing.words for narrowing in narrowings(question)]
    return ", ".join([_window(question, scope), *asked, _instant(question, scope)])


def narrowings(question: Question) -> Iterator[Narrowing]:
    """What narrows the list, one by one: search, calls, rating, then the filters."""
    if question.search:
        yield Narrowing(f"containing “{question.search}”", _but(question, search=""))
    if question.failed:
        yield Narrowing(_FAILED[question.failed], _but(question, failed=None))
    if question.rated:
        yield Narrowing(_RATED[question.rated], _but(question, rated=None))
    for key, values in question.page_scope.filters:
        either = " or ".join(_value(key, value) for value in values)
        without = _but(question, page_scope=question.page_scope.where(key))
        yield Narrowing(f"{lower_first(LABELS[key])} {either}", without)


def found_words(listed: ConversationList) -> str:
    """How many conversations there are, and what the figure counts that has none."""
    counted = next((count for count in listed.parts if count.is_listed), None)
    if counted is None or counted.conversations is None:
        return count_text(listed.total, "conversation")
    if FACTS[counted.part.fact].path == FACTS["episodes"].path:
        return count_text(listed.total, "conversation")
    words = f"{part_words(counted)} in {count_text(counted.conversations, 'conversation')}"
    if counted.without_conversation:
        words = (
            f"{counted.rows - counted.without_conversation:,} of {part_words(counted)} in"
            f" {count_text(counted.conversations, 'conversation')};"
            f" {counted.without_conversation:,} in background work without a conversation"
        )
    if listed.total != counted.conversations:
        words += f"; {listed.total:,} of these conversations match the other filters"
    return words


def part_words(count: PartCount) -> str:
    """A part of the figure with its number: 91 escalated episodes, 1 episode that was rated."""
    words = count.part.words
    if count.rows == 1:
        words = _ROWS.sub(lambda found: found[0][:-1], words, count=1)
        words = _VERBS.sub(lambda found: f"that {_SINGULAR[found[1]]}", words, count=1)
    return f"{count.rows:,} {words}"


def _window(question: Question, scope: Scope) -> str:
    part = part_of(question)
    fact = FACTS[part.fact] if part else FACTS["episodes"]
    if fact.is_snapshot:
        return "at the as-of time"
    if question.page_scope.length:
        window = f"in the {length_words(question.page_scope.length)}"
    else:
        zone = scope.time_zone
        window = f"from {instant_words(scope.since, zone)} to {instant_words(scope.until, zone)}"
    return f"dated by the {fact.dated_by}, {window}" if part else f"started {window}"


def _instant(question: Question, scope: Scope) -> str:
    if question.page_scope.is_live:
        return "as of now"
    return f"as of {instant_words(scope.as_of, scope.time_zone)}"


def _value(dimension: str, value: str | None) -> str:
    return "unknown" if value is None else value_words(dimension, value)


def _but(question: Question, **changed: Any) -> Question:
    return replace(question, page=1, **changed)


def empty_words(question: Question, filter_options: Mapping[str, Sequence[str]]) -> list[str]:
    """Why a list is empty, as far as the question tells, and what to do.

    `filter_options`: filter → the values that the warehouse has; missing filters are not checked.
    """
    words = ["No matching conversations."]
    if question.search and not any(letter.isalnum() for letter in question.search):
        words.append(f"“{question.search}” contains no searchable word.")
    words += [
        f"No recent conversation has {lower_first(LABELS[key])} “{value_words(key, value)}”."
        for key, values in question.page_scope.filters
        for value in values
        if filter_options.get(key) and filter_text(value) not in filter_options[key]
    ]
    part = part_of(question)
    if any(narrowings(question)):
        words.append("Remove a filter, or choose a longer window.")
    elif part is None or not FACTS[part.fact].is_snapshot:
        words.append("Choose a longer window, or another as-of time.")
    return words
