"""What the filters offer: the values seen lately, from sums and from the rows that came after them."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.reports.conversations.conversations import list_filter_values
from dashboard.reports.shared.filters import filter_values
from dashboard.rollups.usable_days import clear_days_cache
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation, span
from tests.reports.rolled_up import build_sums

NOW = at(12, 100)


_KNOWN: list[dict[str, Any]] = [
    {"topic": "billing", "channel": "mail"},
    {"topic": "billing"},
    {"topic": "setup"},
    {"topic": "access"},
    {},
    {},
    {},
    {"topic": "spam", "is_excluded": True},
]


def _fill(made: Warehouse) -> None:
    made.add(
        "accounts",
        [
            {"account_id": f"a{i}", "name": f"Account {i}", "plan": plan}
            for i, plan in enumerate(["team", "team", "free", None])
        ],
    )
    made.add(
        "conversations",
        [_episode(i, at(9, 99 - i), **known) for i, known in enumerate(_KNOWN)]
        + [
            _episode("old", at(9, 9), topic="forgotten"),
            _episode("later", at(13, 100), topic="to come"),
        ],
    )
    calls = {"account_id": "a0", "conversation_id": "c0"}
    made.add(
        "spans",
        [
            span("ok", at(9, 99), system="crm", **calls),
            span("bad", at(9, 99), system="erp", error_type="timeout", **calls),
            span("worse", at(9, 90), system="ledger", error_type="refused", **calls),
            span("worse2", at(9, 89), system="ledger", error_type="refused", **calls),
            span(
                "own", at(9, 99), system="phone", error_type="offline", origin="customer", **calls
            ),
            span("old", at(9, 60), system="fax", error_type="paper jam", **calls),
        ],
    )


def _episode(name: Any, start, **known: Any) -> dict:
    return conversation(
        name,
        start,
        handoff_at=start + timedelta(minutes=1),
        ended_at=start + timedelta(hours=1),
        first_human_reply_at=start + timedelta(minutes=2),
        handoff_queue=known.get("topic"),
        **known,
    )


@pytest.fixture(params=["facts", "sums"])
def made(new_warehouse, request: pytest.FixtureRequest) -> Warehouse:
    warehouse: Warehouse = new_warehouse(request.param)
    _fill(warehouse)
    if request.param == "sums":
        build_sums(warehouse, Scope.last(timedelta(days=90), NOW))
    return warehouse


def test_the_values_of_the_last_weeks_the_most_frequent_first(made: Warehouse):
    assert filter_values(NOW) == {
        # Equally frequent ones by name, and what is unknown after them.
        "topic": ["(unknown)", "billing", "access", "setup"],
        "channel": ["chat", "mail"],
        "version": ["(unknown)"],
        "language": ["(unknown)"],
        "source": ["helpdesk"],
        "plan": ["team", "free", "(unknown)"],
    }
    assert list_filter_values(NOW) == {
        "system": ["crm", "erp"],
        # A call that succeeded has no error type, and none is offered.
        "error_type": ["refused", "timeout"],
        "queue": ["(unknown)", "billing", "access", "setup"],
    }


def test_what_was_seen_for_the_first_time_just_now_is_offered(made: Warehouse):
    made.add("conversations", [_episode("new", at(11, 100), topic="brand new", source="mail in")])
    made.add("spans", [span("new", at(11, 100), system="new system", error_type="new error")])
    clear_days_cache()
    assert "brand new" in filter_values(NOW)["topic"]
    assert filter_values(NOW)["source"] == ["helpdesk", "mail in"]
    found = list_filter_values(NOW)
    assert "new system" in found["system"]
    assert "new error" in found["error_type"]
    assert "brand new" in found["queue"]


def test_nothing_of_an_empty_warehouse(new_warehouse):
    new_warehouse("empty")
    clear_days_cache()
    assert filter_values(NOW) == list_filter_values(NOW) == {}
