"""Ratings, handlers, low ratings on contained episodes and comments, counted by hand."""

from dataclasses import replace
from typing import Any

import pytest

from dashboard.query.measure import measure
from dashboard.reports.conversations.conversations import conversations
from dashboard.reports.conversations.question import Question
from dashboard.reports.satisfaction.comments import BESIDE, comment_counts, comments
from dashboard.reports.satisfaction.satisfaction import by_handler, distribution, low_on_contained
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope
from dashboard.stats.intervals import newcombe
from tests.conftest import Warehouse, at, conversation
from tests.metrics.hand_made import WEEK, fill
from tests.metrics.story import known, on

EARLY = replace(WEEK, as_of=on("3 12:30"))
SCOPES = [WEEK, EARLY, WEEK.where("topic", "setup"), WEEK.where("account", "nobody")]
DATINGS = ["episode", "event"]
LATER = Scope(at(0, days=40), at(0, days=47), at(12, days=50))
"""A week of its own for the comments."""


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)
    # Eleven comments on a day each but the last two; every third one is low, one is blank.
    warehouse.add(
        "conversations",
        [
            conversation(
                f"said{i:02}",
                at(9 + i / 100, days=40),
                account_id=f"s{i}",
                topic="setup",
                first_ai_reply_at=at(9.1 + i / 100, days=40),
                ended_at=at(10, days=40),
                closing_signal="silent",
                rating=(1, 4, 5)[i % 3],
                rated_at=at(11 + i, days=40),
                rating_comment="  \n" if i == 11 else None if i == 12 else f"words {i}",
            )
            for i in range(13)
        ],
    )


def value(metric: str, scope: Scope, dating: str = "episode") -> float | None:
    return known(measure([metric], scope, dating=dating).iloc[0]["value"])


def listed(scope: Scope, metric: str, **asked: Any) -> int:
    within = OpenScope(None, scope.since, scope.until, scope.as_of, scope.time_zone, scope.filters)
    return conversations(Question(within, metric=metric, **asked), scope.as_of).total


def test_the_distribution_by_hand():
    # By episode: c01 5, c07 5, c06 4, c15 4, c11 3, c03 2, c04 1. By rating: c00 3 for c11, no c15.
    assert distribution(WEEK, "episode") == {"5": 2, "4": 2, "3": 1, "2": 1, "1": 1}
    assert distribution(WEEK, "event") == {"5": 2, "4": 1, "3": 1, "2": 1, "1": 1}
    assert distribution(EARLY, "episode") == {"5": 1, "4": 0, "3": 0, "2": 0, "1": 1}


@pytest.mark.parametrize("dating", DATINGS)
@pytest.mark.parametrize("scope", SCOPES)
def test_every_bar_sums_to_the_figures_and_lists_what_it_counts(scope: Scope, dating: str):
    counts = distribution(scope, dating)
    assert sum(counts.values()) == value("ratings", scope, dating)
    satisfied = measure(["csat"], scope, dating=dating).iloc[0]["numerator"]
    assert counts["5"] + counts["4"] == satisfied
    for stars, count in counts.items():
        assert listed(scope.where("rating", stars), "ratings", dating=dating) == count


def test_who_handled_it():
    # AI only: c01 5, c04 1, c11 3, c15 4. Both: c03 2. Human: c06 4, c07 5.
    found = by_handler(WEEK, "episode")
    assert [(row.handled_by, row.numerator, row.n) for row in found.rows.itertuples()] == [
        ("ai only", 2, 4),
        ("ai and human", 0, 1),
        ("human only", 2, 2),
    ]
    assert found.whole["n"] == 7
    assert [(gap.other, gap.value) for gap in found.differences] == [
        ("ai and human", 0.5),
        ("human only", -0.5),
    ]
    assert (found.differences[1].low, found.differences[1].high) == newcombe((2, 4), (2, 2))
    assert not any(gap.is_clear for gap in found.differences)


def test_without_the_ai_alone_there_is_nothing_to_compare():
    found = by_handler(WEEK.where("account", "a3"), "episode")
    assert list(found.rows["handled_by"]) == ["human only"]
    assert found.differences == []


def test_low_ratings_on_contained_episodes():
    # Contained and rated: c01 5, c04 1, c15 4. c03's 2 is escalated.
    found = low_on_contained(WEEK, "episode", 10)
    assert [(row.conversation_id, row.rating, row.outcome) for row in found.rows.itertuples()] == [
        ("c04", 1, "abandoned")
    ]
    assert found.total == 1


@pytest.mark.parametrize("dating", DATINGS)
@pytest.mark.parametrize("scope", [*SCOPES, LATER])
def test_the_low_ones_are_those_of_the_figure(scope: Scope, dating: str):
    figure = measure(["contained_low_rate"], scope, dating=dating).iloc[0]
    found = low_on_contained(scope, dating, 3)
    assert found.total == figure["numerator"]
    assert len(found.rows) == min(found.total, 3)
    counted = listed(scope, "contained_low_rate", part="numerator", dating=dating)
    assert counted == found.total


def test_comments_are_counted_without_blank_ones():
    # 13 ratings: 1 (0, 3, 6, 9, 12), 4 (1, 4, 7, 10), 5 (2, 5, 8, 11); 11 is blank, 12 has none.
    counts = comment_counts(LATER, "episode")
    assert counts.ratings == 13 == value("ratings", LATER)
    assert counts.comments == {"all": 11, "low": 4, "middle": 0, "high": 7}
    assert (counts.pages("all"), counts.pages("low"), counts.pages("middle")) == (2, 1, 1)


def test_comments_come_page_by_page_in_every_order():
    def words(order: str, page: int, beside: str = "all") -> list[str]:
        rows = comments(LATER, "episode", beside, order, page)
        return [row.rating_comment.removeprefix("words ") for row in rows.itertuples()]

    assert words("newest", 1) == ["10", "9", "8", "7", "6", "5", "4", "3", "2", "1"]
    assert words("newest", 2) == ["0"]
    assert words("newest", 3) == []
    assert words("lowest rating", 1)[:6] == ["9", "6", "3", "0", "10", "7"]
    assert words("highest rating", 1)[:4] == ["8", "5", "2", "10"]
    assert words("newest", 1, "low") == ["9", "6", "3", "0"]


@pytest.mark.parametrize("beside", BESIDE)
def test_every_comment_is_on_one_page(beside: str):
    counts = comment_counts(LATER, "episode")
    keys = [
        row.conversation_id
        for page in range(1, counts.pages(beside) + 1)
        for row in comments(LATER, "episode", beside, "lowest rating", page).itertuples()
    ]
    assert len(keys) == len(set(keys)) == counts.comments[beside]


def test_a_comment_is_known_when_it_was_given():
    # The rating of `said03` came at 14:00.
    before = replace(LATER, as_of=at(14, days=40) - LATER.length / 10_000_000)
    assert comment_counts(before, "episode").comments["all"] == 3
    assert comment_counts(replace(LATER, as_of=at(14, days=40)), "episode").comments["all"] == 4


def test_comments_can_be_dated_by_themselves():
    noon = replace(LATER, since=at(12, days=40), until=at(14, days=40))
    assert comment_counts(noon, "episode").comments["all"] == 0
    assert comment_counts(noon, "event").comments["all"] == 2
