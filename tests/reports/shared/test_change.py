"""A window against the one before: no arrow for what the history does not reach."""

import pytest

from dashboard.reports.shared.change import before, headlines
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation

WEEK = Scope(at(0), at(24 * 7), at(24 * 7))


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    # Forty a day, half of them escalated, for the ten days that end with the week.
    warehouse.add(
        "conversations",
        [
            conversation(
                f"{day}-{number}",
                at(9, days=day),
                account_id=f"{day}-{number}",
                first_ai_reply_at=at(9.1, days=day),
                ended_at=at(10, days=day),
                closing_signal="silent",
                handoff_at=at(9.2, days=day) if number % 2 else None,
            )
            for day in range(-3, 7)
            for number in range(40)
        ],
    )


def test_a_count_is_not_compared_with_half_a_window():
    # The week before has three days of history: its 60 handoffs are not fewer than this week's 140.
    found = headlines(["escalations", "containment_rate"], WEEK)
    assert found["escalations"].state == "unknown"
    assert found["escalations"].change is None
    assert found["escalations"].now["value"] == 140
    # A share is one of those days as well.
    assert found["containment_rate"].state == "same"


def test_a_window_within_the_history_is_compared():
    # Sunday from 9:00 to 21:00, and the twelve hours before it.
    day = Scope(at(9, days=6), at(21, days=6), at(21, days=6))
    assert before(day).since == at(-3, days=6)
    found = headlines(["escalations"], day)["escalations"]
    assert (found.now["value"], found.before["value"], found.state) == (20, 0, "up")
    assert found.is_worse
