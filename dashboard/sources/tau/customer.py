"""The customer of a conversation: whom the task or the tool calls name."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.sources.tau.pairing import Exchange
from dashboard.sources.tau.payloads import inside

_KEYS = ("user_id", "customer_id")
_ID = re.compile(r"\S{1,100}")
_ID_IN_TEXT = re.compile(r"\b[a-z]+(?:_[a-z]+)+_\d{4}\b")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Customer:
    """`name` is None unless a tool's answer tells it."""

    customer_id: str
    name: str | None


def customer_of(task: object, exchanges: list[Exchange]) -> Customer | None:
    """The first customer named: by the task's fields, by calls that succeeded, by the task's text.

    `task` is tau-bench's or tau2-bench's description of what the simulated customer wants.
    """
    for named in (_named_by_task(task), _named_by_calls(exchanges), _named_in_text(task)):
        for candidate in named:
            if isinstance(candidate, str) and _ID.fullmatch(candidate):
                return Customer(candidate, _name(candidate, exchanges))
    return None


def _named_by_task(task: object) -> Iterator[object]:
    yield inside(task, "user_id")
    for actions, arguments in (
        (inside(task, "actions"), "kwargs"),
        (inside(task, "evaluation_criteria", "actions"), "arguments"),
    ):
        for action in actions if isinstance(actions, list) else []:
            for key in _KEYS:
                yield inside(action, arguments, key)


def _named_by_calls(exchanges: list[Exchange]) -> Iterator[object]:
    for call, answer in exchanges:
        if call.origin != "agent" or answer is None or answer.failure is not None:
            continue
        for key in _KEYS:
            yield inside(call.request, key)
            yield inside(answer.response, key)
        if call.name.startswith("find_user_id"):
            yield answer.response


def _named_in_text(task: object) -> Iterator[object]:
    for part in (inside(task, "instruction"), inside(task, "user_scenario")):
        if part is not None:
            yield from _ID_IN_TEXT.findall(part if isinstance(part, str) else json.dumps(part))


def _name(customer_id: str, exchanges: list[Exchange]) -> str | None:
    for call, answer in exchanges:
        if answer is None or answer.failure is not None:
            continue
        owners = [inside(answer.response, key) for key in _KEYS]
        if not any(owners):
            owners = [inside(call.request, key) for key in _KEYS]
        if customer_id not in owners:
            continue
        full = inside(answer.response, "full_name")
        name = inside(answer.response, "name")
        parts = [full] if full else [inside(name, "first_name"), inside(name, "last_name")]
        words = [part.strip() for part in parts if isinstance(part, str)]
        if len(words) == len(parts) and all(words):
            return " ".join(words)[:_LONGEST_NAME]
    return None
