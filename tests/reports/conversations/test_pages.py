"""A page is found near the end of the window, and counted from sums: row for row what one statement gives."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import column, literal_column, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import METRICS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.query.read_from import Reading
from dashboard.reports.conversations.conversations import conversations, list_statements
from dashboard.reports.conversations.parts import parts_of
from dashboard.reports.conversations.question import PAGE_ROWS, Question
from tests.conftest import Warehouse, at, conversation, span
from tests.reports.crowd import NOW, ask, fill
from tests.reports.rolled_up import build_sums

LATE = 30
"""Fewer than a page, days after all others: the end of the window does not fill one."""
ASKED: list[dict[str, Any]] = [
    {},
    {"sort": "oldest"},
    {"sort": "longest"},
    {"sort": "lowest rating"},
    {"sort": "slowest human"},
    {"sort": "most failed spans"},
    {"topic": None},
    {"topic": "crowd"},
    {"topic": ("crowd", None), "sort": "oldest"},
    {"account": "k1"},
    {"plan": "team"},
    {"plan": None, "sort": "slowest human"},
    {"outcome": "escalated"},
    {"rated": "no", "sort": "lowest rating"},
    {"rated": "low"},
    {"rated": "high", "topic": "crowd"},
    {"metric": "containment_rate"},
    {"metric": "containment_rate", "part": "denominator"},
    {"metric": "containment_rate", "part": "numerator", "sort": "oldest", "topic": "crowd"},
    {"metric": "durable_resolution_rate_24h"},
    {"metric": "escalations", "sort": "slowest human"},
    {"metric": "escalation_rate", "part": "denominator"},
    {"metric": "csat", "dating": "event"},
    {"metric": "csat", "outcome": "confirmed", "rated": "low"},
    {"metric": "excluded_episodes"},
    {"metric": "unanswered_rate", "part": "numerator"},
    {"failed": "yes"},
    {"metric": "failed_spans"},
    {"metric": "api_error_rate", "part": "rest"},
    {"metric": "unrecovered_error_rate", "topic": "crowd"},
    {"metric": "silent_failures"},
    {"search": "invoice"},
    {"as_of": at(12)},
    {"as_of": at(12), "metric": "resolution_rate"},
]


@pytest.fixture(scope="module", autouse=True, params=["facts", "sums"])
def _filled(new_warehouse, request: pytest.FixtureRequest) -> Warehouse:
    made: Warehouse = new_warehouse(request.param)
    fill(made)
    made.add(
        "conversations",
        [
            *(
                conversation(
                    f"late{i}",
                    at(i % 3, 6),
                    account_id=f"l{i}",
                    handoff_at=at(i % 3, 6),
                    first_ai_reply_at=at(i % 3, 6),
                    ended_at=at(5, 6) if i % 2 else None,
                )
                for i in range(LATE)
            ),
            *(conversation(f"test{i}", at(i % 2, 7), is_excluded=True) for i in range(LATE)),
        ],
    )
    # Jobs that failed unnoticed in the night before.
    made.add(
        "spans",
        [
            span(
                f"job{i}",
                at(22, 5),
                account_id=f"l{i}",
                origin="background",
                system="feed",
                name="sync",
                error_type="boom",
            )
            for i in range(5)
        ],
    )
    if request.param == "sums":
        build_sums(made, ask().scope(NOW))
    return made


def keys(rows: list) -> list[tuple[str, str]]:
    return [(row["account_id"], row["conversation_id"]) for row in rows]


def compare_every_page(question: Question) -> None:
    first = conversations(question, NOW)
    for page in range(1, first.pages + 1):
        listed = conversations(question.on_page(page), NOW)
        statements = list_statements(listed)
        assert keys(listed.rows) == keys(fetch(statements["this page"]))
        counted = fetch(statements["total count"])
        assert listed.total == counted[0]["total"] == first.total


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_every_page_is_that_of_the_statement_at_hand(asked: dict[str, Any]):
    compare_every_page(ask(**asked))


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize("hours", [29, 29.5, 30])
def test_so_it_is_where_the_end_of_the_window_fills_a_page(sort: str, hours: float):
    question = ask(sort=sort)
    asked = replace(question.page_scope, since=at(0.5), until=at(hours))
    assert conversations(replace(question, page_scope=asked), NOW).pages > 2
    compare_every_page(replace(question, page_scope=asked))


def test_what_the_questions_list_is_not_nothing():
    totals = {str(asked): conversations(ask(**asked), NOW).total for asked in ASKED}
    assert not [asked for asked, total in totals.items() if not total]
    assert sum(total > PAGE_ROWS for total in totals.values()) > len(ASKED) / 2


def test_the_parts_are_counted_like_the_facts(_filled: Warehouse):
    listed = conversations(ask(metric="containment_rate", topic="crowd"), NOW)
    counts = {count.part.key: count.rows for count in listed.parts}
    # Of 117 every sixth is handed off, and the rest ended.
    assert counts == {"numerator": 97, "rest": 20, "denominator": 117}
    assert all(count.conversations == count.rows for count in listed.parts)


@pytest.mark.parametrize("as_of", [NOW, at(12)])
@pytest.mark.parametrize(
    "filters", [{}, {"topic": "crowd"}, {"system": "erp"}, {"account": "k1"}], ids=str
)
@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("failed_spans", "denominator"),
        ("api_error_rate", "numerator"),
        ("api_error_rate", "rest"),
        ("unrecovered_error_rate", "numerator"),
        ("silent_failures", "denominator"),
    ],
)
def test_calls_and_their_conversations_are_those_of_the_facts(
    key: str, part: str, filters: dict[str, Any], as_of: datetime
):
    question = ask(as_of=as_of, metric=key, part=part, **filters)
    scope, chosen = question.scope(NOW), parts_of(METRICS[key], "episode")[part]
    fact = FACTS[chosen.fact]
    rows = fetch(
        select(column("account_id"), column("conversation_id"))
        .select_from(rows_of(fact, scope))
        .where(literal_column(f"({chosen.where})"), *conditions(fact, scope.filters))
    )
    inside = {pair for pair in keys(rows) if pair[1] is not None}
    listed = conversations(question, NOW)
    count = next(count for count in listed.parts if count.is_listed)
    assert (count.rows, count.conversations) == (len(rows), len(inside))
    assert count.without_conversation == sum(pair[1] is None for pair in keys(rows))
    assert listed.total == len(inside)
    assert set(keys(listed.rows)) <= inside
    figure = measure([key], scope, reading=Reading.FACTS).iloc[0]
    whole = [count.rows for count in listed.parts if count.part.key == "denominator"]
    assert whole == [figure["n"]]
