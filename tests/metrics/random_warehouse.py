"""A warehouse of chance: every null, tie and odd order that the contract allows, as its seed has it.

Times lie on a grid of a quarter of an hour, so that events often coincide with each other, with the
ends of windows and with the instant of asking.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from dashboard.scope import Filters, Scope, make_filters
from tests.chance import chance
from tests.conftest import Warehouse

FIRST = datetime(2026, 3, 25, tzinfo=UTC)
"""Four days before the clocks go forward in Europe."""
GRID = timedelta(minutes=15)
STEPS = 10 * 96
"""Ten days."""

_ACCOUNTS = [f"a{number}" for number in range(25)]
_REASONS = ("customer_request", "policy", "knowledge_gap", "tool_failure", None)
_BODIES = ("Hello.", "The ledger sync is late.", "copy_entries failed", "enterprise", "…")
_DURATIONS = (None, 0.0, 1.0, 1234.5, 60_000.0, 900_000.0, 900_000.0, 100_000_000.0)
_CHOICES: dict[str, tuple[str | None, ...]] = {
    "topic": ("billing", "setup", "", None),
    "channel": ("chat", "email", "voice"),
    "version": ("v1", "v2", None),
    "language": ("en", "de", None),
    "plan": ("team", None),
    "source": ("helpdesk", "inbox"),
    "account": tuple(_ACCOUNTS[:5]),
}
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York")


@dataclass(frozen=True)
class Rows:
    """The rows of each relation, as dictionaries of all that the metrics read."""

    accounts: list[dict[str, Any]]
    conversations: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    spans: list[dict[str, Any]]


def random_rows(conversations: int = 300, background: int = 130) -> Rows:
    drawn = chance()
    # Some accounts are not in the catalogue, some have no plan.
    accounts = [
        {"account_id": key, "name": key, "plan": drawn.choice(("team", "solo", None))}
        for key in _ACCOUNTS[3:]
    ]
    held = [_conversation(drawn, number) for number in range(conversations)]
    messages = [row for one in held for row in _messages(drawn, one)]
    spans = [row for one in held for row in _calls(drawn, one)]
    for _ in range(background):
        spans.append(_span(drawn, drawn.choice(_ACCOUNTS), None, _moment(drawn)))
    spans += [_again(drawn, one) for one in spans if drawn.random() < 0.35]
    return Rows(accounts, held, messages, _numbered(drawn, spans))


def fill(warehouse: Warehouse, rows: Rows) -> None:
    for relation in ("accounts", "conversations", "messages", "spans"):
        warehouse.add(relation, getattr(rows, relation))


def _moment(chance: Random) -> datetime:
    return FIRST + chance.randrange(STEPS) * GRID


def _sometimes(chance: Random, share: float, value: Callable[[], Any]) -> Any:
    return value() if chance.random() < share else None


def _conversation(chance: Random, number: int) -> dict[str, Any]:
    started = _moment(chance)

    def later(most: int = 12, least: int = 0) -> datetime:
        return started + chance.randint(least, most) * GRID

    handoff = _sometimes(chance, 0.35, lambda: later(least=-1))
    return {
        "account_id": chance.choice(_ACCOUNTS),
        "conversation_id": f"c{number}",
        "source": chance.choice(_CHOICES["source"]),
        "channel": chance.choice(_CHOICES["channel"]),
        "language": chance.choice(_CHOICES["language"]),
        "topic": chance.choice(_CHOICES["topic"]),
        "agent_version": chance.choice(_CHOICES["version"]),
        "started_at": started,
        "ended_at": _sometimes(chance, 0.8, lambda: later(chance.choice((0, 12, 300)))),
        "first_ai_reply_at": _sometimes(chance, 0.75, later),
        "handoff_at": handoff,
        "handoff_reason": handoff and chance.choice(_REASONS),
        "handoff_queue": handoff and chance.choice(("tier1", "tier2", None)),
        "first_human_reply_at": _sometimes(chance, 0.6 if handoff else 0.1, lambda: later(40)),
        "closing_signal": chance.choice(("confirmed", "silent", "silent", "negative", None)),
        "rating": _sometimes(chance, 0.5, lambda: chance.randint(1, 5)),
        "rated_at": _sometimes(chance, 0.6, lambda: later(200)),
        "rating_comment": chance.choice(("Thank you.", None)),
        "is_excluded": chance.random() < 0.1,
        "times_placed": chance.random() < 0.1,
    }


def _messages(chance: Random, conversation: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "account_id": conversation["account_id"],
            "conversation_id": conversation["conversation_id"],
            "position": position,
            "sent_at": conversation["started_at"] + chance.randint(-1, 12) * GRID,
            "author": chance.choice(("customer", "ai_agent", "ai_agent", "human_agent", "system")),
            "body": chance.choice(_BODIES),
            "is_internal": chance.random() < 0.15,
        }
        for position in range(chance.randint(0, 4))
    ]


def _calls(chance: Random, conversation: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        _span(
            chance,
            conversation["account_id"],
            chance.choice((conversation["conversation_id"],) * 9 + ("nowhere",)),
            conversation["started_at"] + chance.randint(-1, 12) * GRID,
        )
        for _ in range(chance.randint(0, 4))
    ]


def _span(
    chance: Random, account: str, conversation: str | None, started: datetime
) -> dict[str, Any]:
    system = chance.choice(("ledger-sync", "billing-api"))
    return {
        "account_id": account,
        "trace_id": "t",
        "conversation_id": conversation,
        "origin": chance.choice(("agent", "agent", "customer"))
        if conversation
        else chance.choice(("background", "background", "background", "agent")),
        "operation": chance.choice(("execute_tool", "http")),
        "system": system,
        "name": chance.choice(("copy_entries", "get_invoice")),
        "started_at": started,
        "duration_ms": chance.choice(_DURATIONS),
        "error_type": _sometimes(chance, 0.5, lambda: chance.choice(("timeout", "http_503"))),
        "request": chance.choice((None, {"id": 1}, {"id": 2})),
    }


def _again(chance: Random, span: dict[str, Any]) -> dict[str, Any]:
    """The same call once more, up to a day and a quarter later, with another end to it."""
    return {
        **span,
        "started_at": span["started_at"] + chance.choice((0, 1, 4, 95, 96, 120)) * GRID,
        "duration_ms": chance.choice(_DURATIONS),
        "error_type": _sometimes(chance, 0.5, lambda: "timeout"),
    }


def _numbered(chance: Random, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The spans with their keys; a fifth have a parent, mostly one of their own conversation."""
    by_place: dict[tuple, list[str]] = {}
    for number, span in enumerate(spans):
        place = (span["account_id"], span["conversation_id"])
        others = by_place.setdefault(place, [])
        span["parent_span_id"] = chance.choice(others) if others and chance.random() < 0.4 else None
        span["span_id"] = f"s{number}"
        others.append(span["span_id"])
    return spans


def random_scope(seed: int) -> Scope:
    """A window of a quarter of an hour to nine days, asked before, within or after it."""
    chance = Random(seed)
    length = chance.choice((1, 4, 96, 2 * 96, 4 * 96, 7 * 96, 9 * 96))
    since = chance.randint(-20, STEPS - length // 2)
    asked = chance.choice(
        (
            since - chance.randint(0, 96),
            since + chance.randint(0, length),
            since + chance.randint(0, length),
            since + length,
            since + length + chance.randint(0, 300),
            since + length + chance.randint(0, 1200),
        )
    )
    return Scope(
        FIRST + since * GRID,
        FIRST + (since + length) * GRID + _off_the_grid(chance),
        FIRST + asked * GRID + _off_the_grid(chance),
        chance.choice(ZONES),
        _filters(chance),
    )


def _off_the_grid(chance: Random) -> timedelta:
    return chance.choice((timedelta(), timedelta(), timedelta.resolution, -timedelta.resolution))


def _filters(chance: Random) -> Filters:
    """Filters that every fact understands; none for every other scope."""
    keys = chance.sample(sorted(_CHOICES), k=chance.choice((0, 0, 0, 1, 1, 2)))
    return make_filters({key: chance.choices(_CHOICES[key], k=2) for key in keys})


def scopes() -> st.SearchStrategy[Scope]:
    """Scopes spread evenly over the warehouse; a failure names the seed of its scope."""
    return st.builds(random_scope, st.integers(0, 2**32))
