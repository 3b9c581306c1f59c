"""What one record of a result file tells."""

import hashlib
import json
import re
from dataclasses import dataclass

from dashboard.errors import InvalidInput
from dashboard.sources.tau.customer import Customer, customer_of
from dashboard.sources.tau.domain import domain_of
from dashboard.sources.tau.files import Run
from dashboard.sources.tau.pairing import Exchange, exchanges
from dashboard.sources.tau.payloads import inside
from dashboard.sources.tau.timeline import Timeline, timeline
from dashboard.sources.tau.transcript import Event, events

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """One conversation as found: `source` is the record in the file; the rest is read from it.

    `domain`, `model` and `customer` are None where nothing names them.
    """

    conversation_id: str
    source: dict
    events: list[Event]
    exchanges: list[Exchange]
    times: Timeline
    customer: Customer | None
    domain: str | None
    model: str | None


def read_record(source: object, run: Run) -> Record:
    """Raises `InvalidInput` for a record of neither benchmark, or one that cannot be followed."""
    if not isinstance(source, dict):
        raise InvalidInput("is not an object.")
    is_tau1 = "traj" in source
    entries = source.get("traj" if is_tau1 else "messages")
    if not isinstance(entries, list):
        raise InvalidInput("has no list of messages (voice runs keep none).")
    if "task_id" not in source:
        raise InvalidInput("has no task_id.")
    # tau-bench has no flag for a failed call, and not every tau2-bench file has one.
    found = events(entries, "Error" if is_tau1 else "Error:")
    if not found:
        raise InvalidInput("nobody says or calls anything in it.")
    task = inside(source, "info", "task") or run.tasks.get(str(source["task_id"]))
    calls = exchanges(found)
    conversation_id = _conversation_id("tau1" if is_tau1 else "tau2", source, entries)
    return Record(
        conversation_id=conversation_id,
        source=source,
        events=found,
        exchanges=calls,
        times=timeline(source, found, conversation_id, run.has_placeholder_times),
        customer=customer_of(task, calls),
        domain=run.domain or domain_of(source, entries, task, calls),
        model=run.model,
    )


def _conversation_id(benchmark: str, source: dict, entries: list) -> str:
    """tau2-bench's own id; for tau-bench one that a renamed copy shares and no other run does.

    A run of tau-bench has no id, and every run of a domain has the same tasks and trials; what
    distinguishes two runs is their messages.
    """
    own = source.get("id")
    if isinstance(own, str) and _UUID.fullmatch(own):
        return own.lower()
    identity = [own, source["task_id"], source.get("trial"), entries]
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
    return f"{benchmark}-{_label(source['task_id'])}-{_label(source.get('trial'))}-{digest}"


def _label(value: object) -> str:
    return re.sub(r"[^0-9A-Za-z.]+", "_", str(value))[:40]
