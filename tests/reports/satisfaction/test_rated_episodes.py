"""Rated episodes and unanswered handoffs, found near the end of the window: row for row one statement's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.postgres.read import read
from dashboard.query.measure import measure
from dashboard.reports.escalations.handoffs import unanswered, unanswered_statement
from dashboard.reports.satisfaction.comments import (
    BESIDE,
    comment_counts,
    comments,
    comments_statement,
)
from dashboard.reports.satisfaction.satisfaction import low_on_contained, low_on_contained_statement
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation
from tests.reports.rolled_up import build_sums

WHOLE = Scope(at(0), at(0, 40), at(0, 41))
SCOPES = {
    "all of it": WHOLE,
    "as of within it": replace(WHOLE, as_of=at(9.5, 20)),
    "some days before now": Scope(at(0), at(0, 38), at(0, 41)),
    "long before now": Scope(at(0, 1), at(0, 4), at(0, 41)),
    "not begun yet": Scope(at(0, 30), at(0, 40), at(0, 29)),
    "one topic": WHOLE.where("topic", "billing"),
    "topic unknown": WHOLE.where("topic", None),
    "one account": WHOLE.where("account", "a3"),
    "nobody": WHOLE.where("account", "nobody"),
}
ORDERS = ["newest", "lowest rating", "highest rating"]
MANY = 240


def _episode(i: int) -> dict:
    """Six a day, rated at once, days later, or at a time that the source does not give; many at once."""
    start = at(9, i // 6)
    rated = (start, start, None, start + timedelta(days=3), at(12, i // 6), at(12, i // 6))[i % 6]
    contained = i % 4 != 0
    return conversation(
        f"{i:03}",
        start,
        account_id=f"a{i % 7}",
        topic=("billing", None, "setup")[i % 3],
        first_ai_reply_at=start,
        ended_at=start + timedelta(minutes=i % 5),
        closing_signal="silent",
        handoff_at=None if contained else start + timedelta(minutes=i % 2),
        first_human_reply_at=start + timedelta(minutes=9) if i % 8 == 0 else None,
        rating=None if i % 11 == 0 else 1 + i % 5,
        rated_at=rated,
        rating_comment=("said", " ", None)[i % 3 if i % 2 else 0],
    )


@pytest.fixture(scope="module", autouse=True, params=["facts", "sums"])
def _filled(new_warehouse, request: pytest.FixtureRequest) -> None:
    made: Warehouse = new_warehouse(request.param)
    made.add("accounts", [{"account_id": "a1", "name": "One", "plan": "team"}])
    made.add("conversations", [_episode(i) for i in range(MANY)])
    # Nothing for days, then a few: the last day alone does not fill a page.
    made.add(
        "conversations",
        [
            conversation(
                f"late{i}",
                at(9, 39),
                ended_at=at(10, 39),
                handoff_at=at(9, 39),
                rating=i + 1,
                first_ai_reply_at=at(9, 39),
                rated_at=at(11, 39),
                rating_comment="late",
            )
            for i in range(4)
        ],
    )
    if request.param == "sums":
        build_sums(made, WHOLE)


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("dating", ["episode", "event"])
@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("order", ORDERS)
def test_comments_page_by_page(scope: Scope, dating: str, beside: str, order: str):
    counts = comment_counts(scope, dating)
    for page in range(1, counts.pages(beside) + 2):
        found = comments(scope, dating, beside, order, page).drop(columns="account_name")
        wanted = read(comments_statement(scope, dating, beside, order, page))
        assert found.to_dict("records") == wanted.to_dict("records")
    assert counts.ratings == measure(["ratings"], scope, dating=dating).iloc[0]["value"]


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("dating", ["episode", "event"])
@pytest.mark.parametrize("most", [1, 5, 500])
def test_the_low_ones_on_contained_episodes(scope: Scope, dating: str, most: int):
    found = low_on_contained(scope, dating, most)
    wanted = read(low_on_contained_statement(scope, dating, most))
    assert found.rows.drop(columns="account_name").to_dict("records") == wanted.to_dict("records")
    assert found.total == len(read(low_on_contained_statement(scope, dating, MANY)))


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("most", [1, 5, 500])
def test_handoffs_that_nobody_answered(scope: Scope, most: int):
    found = unanswered(scope, most)
    wanted = read(unanswered_statement(scope, most))
    assert found.rows.drop(columns="account_name").to_dict("records") == wanted.to_dict("records")
    assert found.total == len(read(unanswered_statement(scope, MANY)))


def test_there_is_something_to_find():
    assert comment_counts(WHOLE, "episode").comments["all"] > 100
    assert low_on_contained(WHOLE, "episode", 5).total > 40
    assert unanswered(WHOLE, 5).total > 20
    early = SCOPES["long before now"]
    assert comment_counts(early, "episode").comments["all"] > 5
    assert comment_counts(SCOPES["not begun yet"], "episode").ratings == 0
