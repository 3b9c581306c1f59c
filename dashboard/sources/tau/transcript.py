"""One form for the transcripts of both benchmarks: what was said, called and answered, in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.errors import InvalidInput
from dashboard.sources.tau.payloads import request_of, response_of

# The simulated customer's way to steer the simulation. Nobody said them, so they are not shown, and
# a message of nothing else is no message. They are no signal either: see `handoff_at`.
_CONTROL_TOKENS = re.compile(r"###(?:STOP|TRANSFER|OUT-OF-SCOPE)###")
_LONGEST_NAME = 200
_ORIGINS = {"assistant": "agent", "user": "customer"}


@dataclass(frozen=True)
class Said:
    """A text. `position` is the entry's place in the file's transcript, from 0; `at` None is unknown."""

    position: int
    author: str
    body: str
    at: datetime | None


@dataclass(frozen=True)
class Called:
    """One tool call by the AI agent (`origin` agent) or on the customer's own device (customer)."""

    position: int
    origin: str
    call_id: object
    name: str
    request: object
    at: datetime | None


@dataclass(frozen=True)
class Answered:
    """One tool's answer. `text` is set where it failed; `origin` None where the file does not say."""

    position: int
    origin: str | None
    call_id: object
    response: object
    failure: str | None
    at: datetime | None


Event = Said | Called | Answered


def events(entries: list, error_prefix: str) -> list[Event]:
    """The transcript of one record, without the system prompt.

    `error_prefix`: how a failed answer begins where no `error` flag says whether it failed.
    Raises `InvalidInput` naming the entry (from 1) that cannot be read.
    """
    found: list[Event] = []
    for position, entry in enumerate(_flat(entries)):
        try:
            found.extend(_events_of(position, entry, error_prefix))
        except InvalidInput as refusal:
            raise InvalidInput(f"entry {position + 1}: {refusal.message}") from None
    _refuse_tools_in_text(found)
    return found


def instant(value: object) -> datetime | None:
    """An aware UTC time; the benchmarks write naive ones, taken as UTC. None where it is no time."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _flat(entries: list) -> Iterator[object]:
    for entry in entries:
        parts = entry.get("tool_messages") if isinstance(entry, dict) else None
        yield from parts if isinstance(parts, list) else [entry]


def _events_of(position: int, entry: object, error_prefix: str) -> Iterator[Event]:
    if not isinstance(entry, dict):
        raise InvalidInput("is not an object.")
    role = entry.get("role")
    at = instant(entry.get("timestamp"))
    if role == "tool":
        yield _answer(position, entry, error_prefix, at)
    elif role in ("assistant", "user"):
        # Text and calls can stand in one entry. Its `errors` and `raw_data` are the simulator's
        # record of messages it rejected: the customer never saw them.
        author = "ai_agent" if role == "assistant" else "customer"
        body = _text(entry.get("content"))
        if role == "user" and _CONTROL_TOKENS.search(body):
            body = _CONTROL_TOKENS.sub("", body).strip()
        if body.strip():
            yield Said(position, author, body, at)
        calls = entry.get("tool_calls") or []
        if not isinstance(calls, list):
            raise InvalidInput("its tool_calls are no list.")
        for call in calls:
            yield _call(position, role, call, at)
    elif role not in ("system", "developer"):
        raise InvalidInput("its role is none of system, user, assistant, tool.")


def _call(position: int, role: str, call: object, at: datetime | None) -> Called:
    if not isinstance(call, dict):
        raise InvalidInput("a tool call is not an object.")
    called = call["function"] if isinstance(call.get("function"), dict) else call
    name = called.get("name")
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput("a tool call has no name.")
    if len(name) > _LONGEST_NAME:
        raise InvalidInput("a tool's name is too long.")
    requestor = call.get("requestor")
    origin = _ORIGINS[requestor if requestor in ("assistant", "user") else role]
    return Called(position, origin, call.get("id"), name, request_of(called.get("arguments")), at)


def _answer(position: int, entry: dict, error_prefix: str, at: datetime | None) -> Answered:
    content = entry.get("content")
    text = content if isinstance(content, str) else ""
    flag = entry.get("error")
    failed = flag if isinstance(flag, bool) else text.startswith(error_prefix)
    requestor = entry.get("requestor")
    return Answered(
        position,
        _ORIGINS.get(requestor) if isinstance(requestor, str) else None,
        entry.get("tool_call_id", entry.get("id")),
        response_of(content),
        text if failed else None,
        at,
    )


def _text(content: object) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part for part in parts if isinstance(part, str))
    raise InvalidInput("its content is no text.")


def _refuse_tools_in_text(found: list[Event]) -> None:
    """Agents that call tools in prose (act, react) get their answers as the customer's messages."""
    if any(isinstance(event, Called) for event in found):
        return
    for event in found:
        if not isinstance(event, Said) or event.author != "customer":
            continue
        if event.body.startswith("API output: "):
            raise InvalidInput(
                f"entry {event.position + 1}: a tool's answer stands where the customer speaks "
                "(an act or react agent); only agents with tool calls can be loaded."
            )
