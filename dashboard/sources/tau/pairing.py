"""Which answer belongs to which tool call."""

from dashboard.errors import InvalidInput
from dashboard.sources.tau.transcript import Answered, Called, Event

Exchange = tuple[Called, Answered | None]
"""A call and its answer, None where the transcript ends without one."""


def exchanges(events: list[Event]) -> list[Exchange]:
    """Every call in order, with its answer.

    Ids repeat, within one conversation and one entry too, and can be missing. So an answer goes to
    the calls that still wait on its side (agent or customer), of its id where one has it; among
    these to the newest entry's, and within the entry to the first.

    Raises `InvalidInput` for an answer that no call waits for.
    """
    calls: list[Called] = []
    answers: dict[int, Answered] = {}
    waiting: list[int] = []
    for event in events:
        if isinstance(event, Called):
            waiting.append(len(calls))
            calls.append(event)
        elif isinstance(event, Answered):
            index = _match(calls, waiting, event)
            waiting.remove(index)
            answers[index] = event
    return [(call, answers.get(index)) for index, call in enumerate(calls)]


def _match(calls: list[Called], waiting: list[int], answer: Answered) -> int:
    candidates = [index for index in waiting if answer.origin in (None, calls[index].origin)]
    if not candidates:
        raise InvalidInput(f"entry {answer.position + 1}: a tool answers, but no call waits.")
    same_id = [index for index in candidates if calls[index].call_id == answer.call_id]
    if answer.call_id and same_id:
        candidates = same_id
    newest = calls[candidates[-1]].position
    return next(index for index in candidates if calls[index].position == newest)
