"""The glossary has every metric, in the registry's words, and the data's health beside it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.metrics.registry import METRICS
from dashboard.query.cache import clear_cache
from dashboard.reports.data_health.data_health import data_health
from dashboard.scope import Scope
from tests.conftest import conversation, span
from tests.pages.app_page import open_page, words_on
from tests.pages.drawn import words_of


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def test_every_definition_is_there(new_warehouse):
    new_warehouse("good")
    words = words_on(open_page("definitions"))
    for metric in METRICS.values():
        assert metric.description in words
        assert f"`{metric.key}`" in words
    assert "The warehouse matches the contract." in words


def test_a_fault_is_named(new_warehouse):
    new_warehouse("broken").run("drop table citations")
    app = open_page("definitions")
    assert "support.citations is missing" in words_on(app)
    assert not app.exception


def test_what_leads_nowhere_is_counted(new_warehouse):
    made = new_warehouse("gaps")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    made.add("accounts", [{"account_id": "a1", "name": "Account 1"}])
    made.add(
        "changes",
        [
            {
                "change_id": "x",
                "changed_at": yesterday,
                "component": "agent",
                "title": "Agent v1 is out",
            }
        ],
    )
    made.add(
        "conversations",
        [
            conversation(1, yesterday, topic="billing", agent_version="v1"),
            conversation(2, yesterday, agent_version="v2-beta", handoff_at=yesterday),
            conversation(
                3, yesterday, account_id="nobody", topic="billing", agent_version="v2-beta"
            ),
            conversation(4, yesterday, is_excluded=True),
        ],
    )
    made.add("spans", [span(1, yesterday, conversation_id="gone", system="crm")])
    made.add(
        "citations",
        [
            {
                "account_id": "a1",
                "conversation_id": "c1",
                "position": 1,
                "article_id": "lost-article",
            }
        ],
    )
    found = data_health(Scope.last(timedelta(days=28), datetime.now(UTC)))
    assert {(one.kind, one.value, one.rows) for one in found.unmatched} == {
        ("topic", "helpdesk", 1),
        ("version", "v2-beta", 2),
        ("reason", "(none)", 1),
        ("account", "helpdesk", 1),
        ("conversation", "crm", 1),
        ("article", "lost-article", 1),
    }
    app = open_page("definitions")
    assert not app.exception
    words = words_on(app) + words_of(app)
    for shown in ("v2-beta", "lost-article", "Freshness by source", "Excluded conversations"):
        assert shown in words


def test_an_empty_warehouse_is_healthy(new_warehouse):
    new_warehouse("empty")
    app = open_page("definitions")
    assert not app.exception
    words = words_on(app)
    assert "None. All values are known." in words
    assert "No conversations in the last 28 days." in words


def test_the_sql_of_any_metric(new_warehouse):
    new_warehouse("sql")
    for key in METRICS:
        app = open_page("definitions", sql=key)
        assert not app.exception
        shown = "\n".join(block.value for block in app.code)
        assert "set search_path to support" in shown, key
