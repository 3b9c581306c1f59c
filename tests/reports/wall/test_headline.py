"""One sentence about what moved, worked out by hand."""

from datetime import timedelta

import pytest

from dashboard.query.measure import measure
from dashboard.reports.shared.normal import compare, with_earlier_weeks
from dashboard.reports.wall.headline import what_happened
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation

NOON = at(12, days=49)


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    # Each Monday from 10 to 12: 20 episodes an hour, half billing · v1 and half setup · v1, of which
    # 8 in 10 are contained. On the last one billing runs v2 and from 11:00 contains nothing.
    rows = []
    for week in range(8):
        for hour in (10, 11):
            for number in range(20):
                start = at(hour + number / 60, days=7 * week)
                billing = number % 2 == 0
                broken = week == 7 and hour == 11 and billing
                escalated = broken or number >= 16
                rows.append(
                    conversation(
                        f"{week}-{hour}-{number}",
                        start,
                        topic="billing" if billing else "setup",
                        agent_version="v2" if week == 7 and billing else "v1",
                        first_ai_reply_at=start + timedelta(seconds=20),
                        handoff_at=start + timedelta(minutes=2) if escalated else None,
                        ended_at=start + timedelta(minutes=5),
                    )
                )
    warehouse.add("conversations", rows)


def sentence(scope: Scope) -> str | None:
    keys = ["containment_rate", "resolution_rate", "api_error_rate"]
    totals = measure(keys, with_earlier_weeks(scope))
    figures = {key: compare(key, totals.itertuples(), 6) for key in keys}
    trends = measure(keys, with_earlier_weeks(scope), bucket="hour")
    return what_happened(scope, figures, trends, 6)


def test_what_moved_since_when_and_what_moved_it():
    # Usually 32 of 40. Now 16 + 8 of 40 = 24 of 40: 20 points less. At 11:00 8 of 20 against 16.
    assert sentence(Scope(at(10, days=49), NOON, NOON)) == (
        "Containment is 20.0 points below expected since 11:00, mostly Billing · v2."
    )


def test_nothing_is_said_when_nothing_moved():
    assert sentence(Scope(at(10, days=42), at(12, days=42), at(12, days=42))) is None
