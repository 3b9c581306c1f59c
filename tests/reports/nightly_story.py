"""The nightly sync that fails silently, told by hand: one customer, four systems, two conversations.

Monday 2 March 2026. 03:10 the job fails. 09:00 c1: the AI says that all is well. 13:00 c2: escalated.
"""

from typing import Any

from tests.conftest import Warehouse, at, conversation, message, span

OTHERS = 12
"""How many other accounts the same job failed for."""


def _job(number: str, account: str, hours: float, **known: Any) -> dict[str, Any]:
    return span(
        number,
        at(hours),
        **{
            "account_id": account,
            "origin": "background",
            "operation": "job",
            "system": "ledger-sync",
            "name": "nightly_sync",
            "duration_ms": 30_000.0,
            "trace_id": f"run-{number}",
            "request": {"night": number},
            **known,
        },
    )


def _failed_job(number: str, account: str) -> dict[str, Any]:
    return _job(number, account, 3 + 10 / 60, error_type="http_502", error_message="POST failed")


def _spans() -> list[dict[str, Any]]:
    settings = {"system": "settings-api", "name": "get_settings", "request": {"of": "a1"}}
    return [
        _job("well", "a1", 3 + 10 / 60 - 24),
        _failed_job("night", "a1"),
        _job(
            "inner",
            "a1",
            3 + 10 / 60 + 0.001,
            trace_id="run-night",
            parent_span_id="snight",
            system="ledger-api",
            name="POST /journals",
            duration_ms=29_000.0,
            error_type="timeout",
            error_message="no answer within 29 s",
        ),
        *(_failed_job(f"night{i}", f"b{i}") for i in range(OTHERS)),
        span(
            "search",
            at(9.004),
            conversation_id="c1",
            operation="retrieval",
            system="knowledge-base",
            name="search",
            request={"q": "ledger"},
            response={"hits": 2},
        ),
        span(
            "first",
            at(9.006),
            conversation_id="c1",
            error_type="timeout",
            error_message="no answer",
            **settings,
        ),
        span("again", at(9.008), conversation_id="c1", response={"ledger": True}, **settings),
        span(
            "device",
            at(9.01),
            conversation_id="c1",
            origin="customer",
            operation="http",
            system="browser",
            name="load",
            error_type="offline",
        ),
    ]


def _messages() -> list[dict[str, Any]]:
    said = [
        ("c1", 1, 9, "customer", "The invoices of yesterday are not in our ledger."),
        ("c1", 2, 9 + 1 / 60, "ai_agent", "I checked your settings: everything is in order."),
        ("c1", 3, 9.1, "customer", "Ok, but they are not there."),
        ("c2", 1, 13, "customer", "STILL not there. I want a human."),
        ("c2", 2, 13 + 1 / 60, "ai_agent", "I pass you on."),
        ("c2", 3, 13 + 11 / 60, "human_agent", "The nightly sync failed at 03:10, I restart it."),
    ]
    return [message(key, i, at(hours), author, body) for key, i, hours, author, body in said]


def tell(warehouse: Warehouse) -> None:
    """Load the story."""
    names = [("a1", "Harbour Dental"), *((f"b{i}", f"Other {i}") for i in range(OTHERS))]
    warehouse.add(
        "accounts",
        [
            {"account_id": key, "name": name, "plan": "team", "monthly_revenue": 90}
            for key, name in names
        ],
    )
    known = {"topic": "billing", "agent_version": "v2", "subject": "Missing invoices"}
    warehouse.add(
        "conversations",
        [
            conversation(0, at(10, -5), ended_at=at(11, -5), **known),
            conversation(
                1,
                at(9),
                first_ai_reply_at=at(9 + 1 / 60),
                ended_at=at(9.2),
                closing_signal="silent",
                **known,
            ),
            conversation(
                2,
                at(13),
                first_ai_reply_at=at(13 + 1 / 60),
                handoff_at=at(13 + 5 / 60),
                handoff_reason="customer_request",
                handoff_queue="tier2",
                first_human_reply_at=at(13 + 11 / 60),
                ended_at=at(13 + 40 / 60),
                closing_signal="confirmed",
                rating=1,
                rated_at=at(14),
                rating_comment="Late.",
                **known,
            ),
            conversation("test", at(10), is_excluded=True),
        ],
    )
    warehouse.add("messages", _messages())
    warehouse.add("spans", _spans())
    warehouse.add(
        "articles",
        [{"article_id": "ledger", "title": "The ledger", "url": "https://help.example/ledger"}],
    )
    warehouse.run("insert into citations values ('a1','c1',2,'ledger'), ('a1','c1',2,'lost')")
    warehouse.add(
        "evaluations",
        [
            {
                "account_id": "a1",
                "conversation_id": "c1",
                "name": "quality",
                "score": 0.4,
                "label": "fail",
                "evaluator": "judge",
                "evaluated_at": at(10),
            }
        ],
    )
    warehouse.add(
        "changes",
        [
            {
                "change_id": "retries",
                "changed_at": at(20, -1),
                "component": "ledger-sync",
                "title": "New retry policy",
                "url": None,
            },
            {
                "change_id": "later",
                "changed_at": at(15),
                "component": "prompt",
                "title": "Shorter greeting",
                "url": None,
            },
        ],
    )
