"""The order of a list, its pages, and the way from one conversation to the next."""

from typing import Any

import pytest

from dashboard.reports.conversations.conversations import conversations
from dashboard.reports.conversations.neighbours import Neighbours, neighbours
from dashboard.reports.conversations.question import PAGE_ROWS, SORTS, Question
from tests.conftest import Warehouse
from tests.reports.crowd import MANY, NOW, ask, fill, found


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


def every_page(question: Question) -> list[tuple[str, str]]:
    pages = range(1, conversations(question, NOW).pages + 1)
    return [
        (row["account_id"], row["conversation_id"])
        for page in pages
        for row in conversations(question.on_page(page), NOW).rows
    ]


def sort_key(sort: str, row: dict[str, Any]) -> Any:
    if sort in ("newest", "oldest"):
        return row["started_at"].timestamp() * (-1 if sort == "newest" else 1)
    return {
        "longest": -(row["ended_at"] - row["started_at"]).total_seconds(),
        "lowest rating": 6 if row["rating"] is None else row["rating"],
        "most failed spans": -row["failed_spans"],
        # Handed off and never answered: it waited until its end.
        "slowest human": (row["started_at"] - row["ended_at"]).total_seconds()
        if row["handoff_at"]
        else 1,
    }[sort]


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_whole_and_stable_across_pages(sort: str):
    question = ask(topic="crowd", sort=sort)
    rows = [row for page in (1, 2, 3) for row in conversations(question.on_page(page), NOW).rows]
    assert len({(row["account_id"], row["conversation_id"]) for row in rows}) == len(rows) == MANY
    order = [(sort_key(sort, row), row["account_id"], row["conversation_id"]) for row in rows]
    assert order == sorted(order)


@pytest.mark.parametrize("sort", SORTS)
def test_neighbours_walk_the_whole_list(sort: str):
    question = ask(topic="crowd", sort=sort)
    keys = every_page(question)
    for i in (0, 1, PAGE_ROWS - 1, PAGE_ROWS, MANY // 2, MANY - 2, MANY - 1):
        before = keys[i - 1] if i else None
        after = keys[i + 1] if i + 1 < MANY else None
        assert neighbours(question, keys[i], NOW) == Neighbours(before, after)


@pytest.mark.parametrize(
    "asked",
    [
        {"failed": "yes"},
        {"failed": "no"},
        {"failed": "unrecovered", "sort": "most failed spans"},
        {"metric": "containment_rate", "part": "denominator"},
        {"metric": "escalations"},
        {"metric": "failed_spans"},
        {"metric": "csat", "dating": "event", "sort": "oldest"},
        {"search": "invoice"},
    ],
)
def test_neighbours_follow_the_list_of_any_question(asked: dict[str, Any]):
    question = ask(**asked)
    keys = every_page(question)
    assert len(keys) > 1
    for i in range(0, len(keys) - 1, max(1, len(keys) // 9)):
        assert neighbours(question, keys[i], NOW).after == keys[i + 1]
        assert neighbours(question, keys[i + 1], NOW).before == keys[i]


def test_what_is_not_in_the_list_has_no_neighbours():
    assert neighbours(ask(topic="one"), ("k0", "ccrowd0"), NOW) == Neighbours(is_listed=False)


def test_a_page_beyond_the_last_is_the_last():
    last = found(topic="crowd", page=999)
    assert (last.page, last.pages, len(last.rows), last.total) == (3, 3, 17, MANY)
    nothing = found(topic="nobody", page=999)
    assert (nothing.page, nothing.pages, nothing.rows, nothing.total) == (1, 1, [], 0)
