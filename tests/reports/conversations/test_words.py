"""A list says in words what it shows, how it was filtered, and why it is empty."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.reports.conversations.counts import PartCount
from dashboard.reports.conversations.parts import Part
from dashboard.reports.conversations.question import Question
from dashboard.reports.conversations.words import (
    circumstances,
    empty_words,
    found_words,
    part_words,
    subject,
)
from dashboard.scope_url import OpenScope
from tests.conftest import Warehouse, at, span
from tests.reports.crowd import NOW, ask, fill, found


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def test_the_question_in_words():
    question = replace(
        ask(
            topic="one", system=None, failed="yes", rated="low", search="a b", metric="escalations"
        ),
    )
    scope = question.scope(NOW)
    assert subject(question) == "Conversations behind escalations"
    assert circumstances(question, scope) == (
        "dated by the handoff, from Mon 2 Mar 2026, 00:00 to Wed 11 Mar 2026, 00:00, containing"
        " “a b”, with a failed call, rated 1 or 2, system unknown, topic One,"
        " as of Thu 12 Mar 2026, 00:00"
    )
    part = Question(OpenScope(timedelta(hours=4)), metric="containment_rate")
    assert subject(part) == "Conversations behind containment (escalated episodes)"
    assert circumstances(part, part.scope(NOW)) == (
        "dated by the start of the episode, in the last 4 hours, as of now"
    )


def test_counts_in_words_say_what_has_no_conversation(warehouse: Warehouse):
    job = {"account_id": "one", "origin": "background", "system": "feed", "error_type": "boom"}
    warehouse.add("spans", [span(f"job{i}", at(1 + i), **job) for i in range(2)])
    counted = found(metric="failed_spans", account="one")
    assert found_words(counted) == (
        "4 of 6 failed spans in 3 conversations; 2 in background work without a conversation"
    )
    narrowed = found(metric="failed_spans", account="one", rated="yes")
    assert found_words(narrowed).endswith("; 0 of these conversations match the other filters")


def test_one_is_singular():
    one = found(metric="failed_spans", account="one", system="crm")
    assert found_words(one) == "1 failed span in 1 conversation"
    assert [part_words(count) for count in one.parts] == ["1 failed span"]


def test_an_empty_list_says_why():
    asked = ask(topic="nope", outcome="nonsense", search="?!")
    filter_options = {"topic": ["one", "crowd"], "outcome": ["escalated"]}
    assert empty_words(asked, filter_options) == [
        "No matching conversations.",
        "“?!” contains no searchable word.",
        "No recent conversation has outcome “Nonsense”.",
        "No recent conversation has topic “Nope”.",
        "Remove a filter, or choose a longer window.",
    ]
    assert empty_words(ask(), {}) == [
        "No matching conversations.",
        "Choose a longer window, or another as-of time.",
    ]


def test_a_part_of_one_row_keeps_its_grammar():
    rated = Part("numerator", "episodes that were rated", "episodes", "true")
    assert part_words(PartCount(rated, 1, 1, 0, False)) == "1 episode that was rated"
    assert part_words(PartCount(rated, 2, 2, 0, False)) == "2 episodes that were rated"
