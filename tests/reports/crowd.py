"""A few hundred conversations to look for: a crowd with ties in every order, and some told apart."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from dashboard.reports.conversations.conversations import ConversationList, conversations
from dashboard.reports.conversations.question import PAGE_ROWS, Question
from dashboard.scope_url import OpenScope
from tests.conftest import Warehouse, at, conversation, message, span

NOW = at(0, 10)
MANY = 2 * PAGE_ROWS + 17
"""How many conversations the crowd has: three pages."""


def _crowd() -> Iterator[dict[str, Any]]:
    """Many with equal starts, ratings and lengths, so that every order has ties across pages."""
    for i in range(MANY):
        start = at(i // 4)
        yield conversation(
            f"crowd{i}",
            start,
            account_id=f"k{i % 7}",
            topic="crowd",
            first_ai_reply_at=start,
            ended_at=start + timedelta(minutes=i % 3),
            closing_signal="confirmed",
            rating=None if i % 5 == 0 else 1 + i % 5,
            rated_at=None if i % 5 == 0 else start,
            handoff_at=start if i % 6 == 0 else None,
        )


def _one(name: str, **known: Any) -> dict[str, Any]:
    return conversation(name, at(9), topic="one", account_id="one", **known)


def fill(warehouse: Warehouse) -> None:
    """Load all of them."""
    warehouse.add("accounts", [{"account_id": "one", "name": "One", "plan": "team"}])
    warehouse.add("conversations", [*_crowd(), *_those_with_calls(), *_those_that_were_rated()])
    warehouse.add(
        "spans",
        [
            span(
                f"crowd{i}-{n}",
                at(i // 4),
                account_id=f"k{i % 7}",
                conversation_id=f"ccrowd{i}",
                error_type="boom",
                request={"n": n},
            )
            for i in range(MANY)
            for n in range(i % 3)
        ],
    )
    warehouse.add("spans", list(_calls()))
    warehouse.add("messages", list(_said()))


def _those_with_calls() -> Iterator[dict[str, Any]]:
    for name in ("fine", "failed", "recovered", "late", "device", "silent"):
        yield _one(name)


def _calls() -> Iterator[dict[str, Any]]:
    known = {"account_id": "one", "system": "erp", "name": "read"}
    yield span("fine", at(9), conversation_id="cfine", **known)
    yield span("failed", at(9), conversation_id="cfailed", error_type="timeout", **known)
    yield span("rec1", at(9), conversation_id="crecovered", error_type="timeout", **known)
    yield span("rec2", at(9.1), conversation_id="crecovered", **known)
    # Fails in the erp system, and another call in another system has another error.
    yield span("late1", at(9), conversation_id="clate", error_type="refused", **known)
    yield span(
        "late2",
        at(12),
        conversation_id="clate",
        error_type="timeout",
        account_id="one",
        system="crm",
        name="write",
    )
    yield span(
        "device",
        at(9),
        conversation_id="cdevice",
        error_type="offline",
        origin="customer",
        account_id="one",
        system="browser",
        name="load",
    )


def _those_that_were_rated() -> Iterator[dict[str, Any]]:
    for rating in (1, 2, 3, 4, 5):
        yield _one(f"stars{rating}", rating=rating, rated_at=at(8 + rating))


def _said() -> Iterator[dict[str, Any]]:
    bodies = {
        "fine": "The invoice total is wrong.",
        "failed": "Wrong colours; the INVOICE is fine, the total too.",
        "recovered": "Nothing here",
        "late": "Die Rechnung stimmt nicht: größer als erwartet",
    }
    for name, body in bodies.items():
        sent = at(12) if name == "late" else at(9)
        yield {**message(f"c{name}", 1, sent, "customer", body), "account_id": "one"}
    yield {
        **message("csilent", 1, at(9), "system", "refund note"),
        "account_id": "one",
        "is_internal": True,
    }


def ask(as_of: datetime | None = NOW, **asked: Any) -> Question:
    """A question over all of them; what is no field of a question is a filter."""
    filters = {key: asked.pop(key) for key in list(asked) if key not in Question.__annotations__}
    scope = OpenScope(None, at(0), at(0, 9), as_of)
    for key, value in filters.items():
        scope = scope.where(key, *(value if isinstance(value, tuple) else (value,)))
    return Question(scope, **asked)


def found(**asked: Any) -> ConversationList:
    """The first page, or the `page` asked for."""
    return conversations(ask(**asked), NOW)


def names(**asked: Any) -> set[str]:
    """The conversations of the account `one` that are listed."""
    return {row["conversation_id"][1:] for row in found(topic="one", **asked).rows}
