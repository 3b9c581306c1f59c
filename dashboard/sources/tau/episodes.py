"""One record as rows of the contract.

Left null because the files do not tell: the language, a rating, a closing signal, the human's
reply after a transfer, a call's status code. Tokens and cost are told per message of the model, not
per tool call, so no span carries them.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.errors import InvalidInput
from dashboard.sources.tau.payloads import inside
from dashboard.sources.tau.records import Record
from dashboard.sources.tau.transcript import Answered, Called, Said, instant

SOURCE = "tau-bench"
_TRANSFER = "transfer_to_human_agents"

Row = dict[str, object]


@dataclass(frozen=True)
class Episode:
    """The rows of one conversation, by relation of the contract.

    `is_named` when the account's name is the customer's, not its id because there is none.
    """

    account: Row
    is_named: bool
    conversation: Row
    messages: list[Row]
    spans: list[Row]
    evaluations: list[Row]


def episode(record: Record) -> Episode:
    """Raises `InvalidInput` when the record's reward is no number."""
    customer_id = record.customer.customer_id if record.customer else record.conversation_id
    name = record.customer.name if record.customer else None
    account_id = f"{SOURCE}:{customer_id}"
    key = {"account_id": account_id, "conversation_id": record.conversation_id}
    return Episode(
        account={"account_id": account_id, "name": name or customer_id},
        is_named=name is not None,
        conversation=key | {"contact_name": name} | _conversation(record),
        messages=[key | message for message in _messages(record)],
        spans=[key | span for span in _spans(record)],
        evaluations=[key | evaluation for evaluation in _evaluations(record)],
    )


def _conversation(record: Record) -> Row:
    handoff_at = _handoff_at(record)
    return {
        "source": SOURCE,
        "channel": "chat",
        "topic": record.domain,
        "agent_version": record.model,
        "started_at": record.times.started_at,
        "ended_at": record.times.ended_at,
        "first_ai_reply_at": _first_ai_reply_at(record),
        "handoff_at": handoff_at,
        "handoff_reason": "unclassified" if handoff_at else None,
        "is_excluded": False,
        "times_placed": record.times.is_placed,
    }


def _first_ai_reply_at(record: Record) -> datetime | None:
    """The first text to a customer who has said something: what comes before is a greeting."""
    customer_spoke = False
    for event, at in zip(record.events, record.times.instants, strict=True):
        if isinstance(event, Said):
            if event.author == "ai_agent" and customer_spoke:
                return at
            customer_spoke = customer_spoke or event.author == "customer"
    return None


def _handoff_at(record: Record) -> datetime | None:
    """The AI agent's own first call for a human. What either side writes about it is no signal."""
    for call, at in _calls(record):
        if call.origin == "agent" and call.name == _TRANSFER:
            return at
    return None


def _calls(record: Record) -> list[tuple[Called, datetime]]:
    return [
        (event, at)
        for event, at in zip(record.events, record.times.instants, strict=True)
        if isinstance(event, Called)
    ]


def _messages(record: Record) -> list[Row]:
    return [
        {
            "position": event.position,
            "sent_at": at,
            "author": event.author,
            "body": event.body,
            "is_internal": False,
        }
        for event, at in zip(record.events, record.times.instants, strict=True)
        if isinstance(event, Said)
    ]


def _spans(record: Record) -> list[Row]:
    domain = record.domain or "unknown"
    systems = {"agent": f"{domain}-api", "customer": f"{domain}-device"}
    return [
        {
            # Not the tool call's own id, which repeats.
            "span_id": f"{record.conversation_id}:{number:04d}",
            "trace_id": record.conversation_id,
            "origin": call.origin,
            "operation": "execute_tool",
            "system": systems[call.origin],
            "name": call.name,
            "started_at": started_at,
            "duration_ms": _duration_ms(record, call, answer),
            "error_type": "tool_error" if answer and answer.failure is not None else None,
            "error_message": answer.failure if answer else None,
            "request": call.request,
            "response": answer.response if answer else None,
        }
        for number, ((call, answer), (_, started_at)) in enumerate(
            zip(record.exchanges, _calls(record), strict=True), start=1
        )
    ]


def _duration_ms(record: Record, call: Called, answer: Answered | None) -> float | None:
    """From the call's entry to its answer's: for parallel calls, the wait for those before too."""
    if record.times.is_placed or answer is None or call.at is None or answer.at is None:
        return None
    took = (answer.at - call.at) // timedelta(microseconds=1) / 1_000
    return took if took >= 0 else None


def _evaluations(record: Record) -> list[Row]:
    reward_info = inside(record.source, "reward_info")
    reward = record.source.get("reward", inside(reward_info, "reward"))
    if reward is None:
        return []
    if isinstance(reward, bool) or not isinstance(reward, int | float) or not math.isfinite(reward):
        raise InvalidInput("its reward is no number.")
    parts = inside(reward_info, "reward_breakdown") or inside(
        record.source, "info", "reward_info", "info"
    )
    evaluated_at = None if record.times.is_placed else instant(record.source.get("timestamp"))
    return [
        {
            "name": "task_reward",
            "score": float(reward),
            "explanation": _explanation(parts),
            "evaluator": SOURCE,
            "evaluated_at": evaluated_at,
        }
    ]


def _explanation(parts: object) -> str | None:
    """The parts that the reward was made of, for example `DB 1, COMMUNICATE 0`."""
    scores = [
        f"{name} {score:g}"
        for name, score in (parts.items() if isinstance(parts, dict) else ())
        if isinstance(score, int | float) and not isinstance(score, bool)
    ]
    return ", ".join(scores) or None
