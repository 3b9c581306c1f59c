"""When each step of a conversation happened, or where it is placed when the file does not say."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dashboard.sources.tau.transcript import Event, instant

# 15:00 in New York on the day that the benchmark's own back end takes for today.
_FIRST_PLACED = datetime(2024, 5, 15, 20, tzinfo=UTC)
_PLACED_OVER = timedelta(days=28)
_STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class Timeline:
    """`instants` has one time per event. Where `is_placed`, only their order is real."""

    started_at: datetime
    ended_at: datetime
    instants: tuple[datetime, ...]
    is_placed: bool


def timeline(
    record: dict, events: list[Event], conversation_id: str, has_placeholder_times: bool
) -> Timeline:
    """The times of one record; `has_placeholder_times` when its whole run shares one start."""
    known = {event.at for event in events if event.at}
    # One and the same time on every step is a placeholder as well.
    is_real = len(known) > 1 or (len(known) == 1 and len(events) == 1)
    if has_placeholder_times or not is_real:
        return _placed(conversation_id, len(events))
    started_at = instant(record.get("start_time")) or min(known)
    instants = []
    latest = started_at
    for event in events:
        latest = event.at or latest
        instants.append(latest)
    ended_at = instant(record.get("end_time")) or latest
    return Timeline(
        started_at, max(ended_at, started_at, *instants), tuple(instants), is_placed=False
    )


def _placed(conversation_id: str, steps: int) -> Timeline:
    # A function of the conversation alone, so that another load, from another file, agrees.
    digest = hashlib.sha256(conversation_id.encode()).digest()
    minutes = int.from_bytes(digest[:8], "big") % (_PLACED_OVER // _STEP)
    started_at = _FIRST_PLACED + minutes * _STEP
    instants = tuple(started_at + step * _STEP for step in range(steps))
    return Timeline(started_at, instants[-1], instants, is_placed=True)
