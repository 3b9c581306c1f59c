"""A list's link: what it says is asked, what it says wrongly is left out and said."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.metrics.registry import METRICS
from dashboard.reports.conversations.question import (
    DEFAULT_LENGTH,
    FAILED,
    LIST_FILTERS,
    RATED,
    SORTS,
    Question,
    question_of_link,
    read_question,
)
from dashboard.scope_url import OpenScope
from tests.conftest import at

_VALUES = st.text(min_size=1, max_size=12).filter(lambda text: "\x00" not in text)
_WORDS = st.text(max_size=40).map(str.strip).filter(lambda text: "\x00" not in text)
_FILTERS = st.dictionaries(
    st.sampled_from([key for key in LIST_FILTERS if key != "rule"]),
    st.lists(st.none() | _VALUES, min_size=1, max_size=3, unique=True),
    max_size=3,
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    asked = OpenScope(timedelta(hours=draw(st.integers(1, 2000))))
    if draw(st.booleans()):
        asked = OpenScope(None, at(0), at(draw(st.integers(1, 99))), at(100))
    for key, values in draw(_FILTERS).items():
        asked = asked.where(key, *values)
    metric = draw(st.none() | st.sampled_from(sorted(METRICS)))
    return Question(
        asked,
        metric,
        draw(st.sampled_from([None, "numerator", "rest", "denominator"])) if metric else None,
        draw(st.sampled_from(["episode", "event"])) if metric else "episode",
        draw(st.none() | st.sampled_from(FAILED)),
        draw(st.none() | st.sampled_from(RATED)),
        draw(_WORDS),
        draw(st.sampled_from(SORTS)),
        draw(st.integers(1, 5000)),
    )


@given(questions())
def test_a_question_survives_its_link(question: Question):
    read, problems = read_question(question.parameters(), "UTC")
    assert (read, problems) == (question, [])
    assert question_of_link(question.link_text(), "UTC") == question


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ("foo=1", "“foo” is not a parameter of this page"),
        ("metric=contanment_rate", "Did you mean containment_rate? Showing all conversations"),
        (
            "metric=csat&part=half",
            "part is “half” in the link; use one of numerator, rest, denominator",
        ),
        ("metric=csat&dating=never", "dating is “never”"),
        ("failed=maybe", "failed is “maybe”"),
        ("rated=6", "rated is “6”"),
        ("sort=price", "sort is “price”"),
        ("page=zero", "Page “zero” does not exist"),
        ("page=0", "Page “0” does not exist"),
        ("page=-1", "Page “-1” does not exist"),
        ("page=999999999999999999999", "does not exist"),
        ("page=٣", "Page “٣” does not exist"),
        ("as_of=yesterday", "as_of in the link was ignored"),
        ("as_of=0001-01-01", "out of range"),
        ("from=9998-01-01&to=9999-12-31", "out of range"),
        ("window=never", "window in the link was ignored"),
        ("rule=went_on", "Only silent failures have a rule"),
    ],
)
def test_what_a_link_says_wrongly_is_said_and_left_out(parameters: str, words: str):
    question, problems = read_question(parse_qs(parameters), "UTC")
    assert words in " ".join(problems)
    usual = Question(OpenScope(DEFAULT_LENGTH, is_usual=True))
    kept = replace(usual, metric="csat") if "csat" in parameters else usual
    assert question == kept


def test_what_postgresql_cannot_hold_is_taken_out():
    question, _ = read_question({"q": ["a\x00b"], "topic": ["x\x00"], "queue": ["\ud800"]}, "UTC")
    assert question.search == "ab"
    assert dict(question.page_scope.filters) == {"queue": ("?",), "topic": ("x",)}


def test_a_search_is_cut_to_what_postgresql_takes_for_a_word():
    assert len(read_question({"q": ["w" * 100_000]}, "UTC")[0].search) == 200


def test_a_silent_failure_s_rule_is_kept():
    question, problems = read_question({"metric": ["silent_failures"], "rule": ["went_on"]}, "UTC")
    assert (dict(question.page_scope.filters), problems) == ({"rule": ("went_on",)}, [])


def test_pages_of_a_live_list_are_pinned():
    question = Question(OpenScope(timedelta(hours=4)))
    assert question.page_scope.is_live
    assert question.at(at(9)).page_scope.as_of == at(9)
