"""Shared reads: however many screens ask, the warehouse is asked once per interval.

A plain cache forgets what it had when a new read fails, and lets every session try a dead warehouse
again at every tick. This one keeps the last good answer with its age, and tries again at most once
per `retry` for everybody.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from dashboard.errors import ControlRoomError

Answer = TypeVar("Answer")

_KEPT = 400
_RETRY_SECONDS = 5.0


@dataclass(frozen=True)
class Reading(Generic[Answer]):
    """What is known of one question.

    `value` is the last good answer, None if there never was one; `read_at` when it was asked for;
    `error` why the newest attempt failed, None when it did not.
    """

    value: Answer | None
    read_at: datetime | None
    error: ControlRoomError | None

    def age_seconds(self) -> float:
        """How long ago the answer was asked for; 0 where there is none."""
        return (datetime.now(UTC) - self.read_at).total_seconds() if self.read_at else 0.0


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    reading: Reading = field(default_factory=lambda: Reading(None, None, None))
    due: float = 0.0


_entries: OrderedDict[Hashable, _Entry] = OrderedDict()
_guard = threading.Lock()


def shared(key: Hashable, ask: Callable[[], Answer], seconds: float) -> Reading[Answer]:
    """The answer to the question `key`, at most `seconds` old, asked by one session for all.

    While one session asks, the others get the last good answer, or wait if there is none. Raises
    nothing for a `ControlRoomError`: that stands in the reading, beside the last good answer.
    """
    entry = _entry(key)
    if time.monotonic() < entry.due:
        return entry.reading
    if not entry.lock.acquire(blocking=entry.reading.read_at is None):
        return entry.reading
    try:
        if time.monotonic() < entry.due:
            return entry.reading
        try:
            entry.reading = Reading(ask(), datetime.now(UTC), None)
            entry.due = time.monotonic() + seconds
        except ControlRoomError as error:
            last = entry.reading
            entry.reading = Reading(last.value, last.read_at, error)
            entry.due = time.monotonic() + min(seconds, _RETRY_SECONDS)
        return entry.reading
    finally:
        entry.lock.release()


def forget() -> None:
    """Drop every answer. For tests and for a reader who asks for fresh figures."""
    with _guard:
        _entries.clear()


def _entry(key: Hashable) -> _Entry:
    with _guard:
        entry = _entries.pop(key, None) or _Entry()
        _entries[key] = entry
        while len(_entries) > _KEPT:
            _entries.popitem(last=False)
        return entry
