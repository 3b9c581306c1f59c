"""What leads nowhere: counted by kind, the calls and citations of the last days looked up one by one."""

from datetime import timedelta

import pytest

from dashboard.reports.data_health.data_health import LATELY, data_health
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation, span

NOW = at(12, 40)
SCOPE = Scope.last(timedelta(days=28), NOW)


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    warehouse.add("accounts", [{"account_id": "a1", "name": "One"}])
    warehouse.add("articles", [{"article_id": "known", "title": "Known"}])
    warehouse.add(
        "changes",
        [
            {
                "change_id": "x",
                "changed_at": at(0),
                "component": "agent",
                "title": "Agent V2 is out",
            },
            {"change_id": "y", "changed_at": at(0, 41), "component": "agent", "title": "v3 is out"},
        ],
    )
    handed = {"handoff_at": at(9, 39), "topic": "billing"}
    warehouse.add(
        "conversations",
        [
            conversation("long", at(9, 2), topic="billing", agent_version="v1"),
            conversation("plain", at(9, 39), topic="billing", agent_version="v2"),
            conversation("v3", at(9, 39), topic="billing", agent_version="v3", source="chat"),
            conversation("v3b", at(9, 38), agent_version="v3"),
            conversation("vague", at(9, 39), handoff_reason="unclassified", **handed),
            conversation("vaguer", at(9, 39), source="chat", **handed),
            # Handed off after the instant of asking.
            conversation("not yet", at(9, 39), topic="billing", handoff_at=at(13, 40)),
            conversation("stranger", at(9, 39), account_id="nobody", topic="billing"),
            conversation(
                "test", at(9, 39), is_excluded=True, account_id="nobody", agent_version="v9"
            ),
        ],
    )
    before = NOW - LATELY
    warehouse.add(
        "spans",
        [
            # Of a conversation that began weeks ago: there all the same.
            span("long", at(9, 39), conversation_id="clong", system="crm"),
            span("fine", at(9, 39), conversation_id="cplain", system="crm"),
            # Begun after the call, as clocks have it.
            span("early", at(8, 39), conversation_id="cplain", system="crm"),
            span("job", at(9, 39), system="crm"),
            span("gone", at(9, 39), conversation_id="gone", system="crm"),
            span("gone2", at(9, 38), conversation_id="gone", system="erp"),
            span("gone3", at(9, 39), conversation_id="gone", system="erp"),
            # The same name in another account is another conversation.
            span("other", at(9, 39), account_id="nobody", conversation_id="cplain", system="erp"),
            span("past", before - timedelta(minutes=1), conversation_id="gone", system="past"),
            span("yet", at(13, 40), conversation_id="gone", system="to come"),
        ],
    )
    warehouse.add(
        "citations",
        [
            {"account_id": "a1", "conversation_id": key, "position": 1, "article_id": article}
            for key, article in [
                ("cplain", "lost"),
                ("cvague", "lost"),
                ("cv3", "known"),
                ("clong", "lost long ago"),
            ]
        ],
    )


def test_what_leads_nowhere():
    found = data_health(SCOPE).unmatched
    assert [(one.kind, one.value, one.rows) for one in found] == [
        ("account", "helpdesk", 1),
        ("article", "lost", 2),
        ("conversation", "erp", 3),
        ("conversation", "crm", 1),
        ("reason", "(none)", 1),
        ("reason", "unclassified", 1),
        ("topic", "helpdesk", 1),
        ("version", "v3", 2),
    ]


def test_a_window_shorter_than_the_look_back_bounds_it():
    hours = Scope.last(timedelta(hours=4), at(12, 39))
    assert {(one.kind, one.value, one.rows) for one in data_health(hours).unmatched} >= {
        ("conversation", "erp", 2),
        ("conversation", "crm", 1),
    }


def test_twenty_of_a_kind(warehouse: Warehouse):
    warehouse.add(
        "conversations",
        [
            conversation(f"build{i}-{n}", at(9, 39), topic="billing", agent_version=f"build {i:02}")
            for i in range(25)
            for n in range(i + 1)
        ],
    )
    versions = [one for one in data_health(SCOPE).unmatched if one.kind == "version"]
    assert [(one.value, one.rows) for one in versions] == [
        (f"build {i:02}", i + 1) for i in range(24, 4, -1)
    ]
