"""Shared reads: however many screens ask, the warehouse is asked once per interval.

A plain cache forgets what it had when a new read fails, and lets every session try a dead warehouse
again at every tick. This one keeps the last good answer with its age, and while reads fail one session
at a time tries again, every few seconds, for all.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar, cast

from dashboard.errors import ControlRoomError, ReadFailed

Answer = TypeVar("Answer")

_KEPT = 400
_RETRY_SECONDS = 5.0

log = logging.getLogger("dashboard")


@dataclass(frozen=True)
class CachedResult(Generic[Answer]):
    """What is known of one question.

    `value` is the last good answer, None if there never was one; `read_at` when it was asked for;
    `error` why the newest attempt failed, None when it did not.
    """

    value: Answer | None
    read_at: datetime | None
    error: ControlRoomError | None

    def answer(self) -> Answer:
        """`value`, which may itself be None. Raises `error` where there never was an answer."""
        if self.read_at is None:
            raise self.error or ReadFailed("Nobody has finished asking yet.")
        return cast(Answer, self.value)

    def age_seconds(self) -> float:
        """How long ago the answer was asked for; 0 where there is none."""
        if self.read_at is None:
            return 0.0
        # A clock that is set back would make the answer one of the future.
        return max((datetime.now(UTC) - self.read_at).total_seconds(), 0.0)

    def is_empty(self) -> bool:
        """Whether there is neither an answer nor an error yet."""
        return self.read_at is None and self.error is None


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    reading: CachedResult = field(default_factory=lambda: CachedResult(None, None, None))
    due: float = 0.0


_entries: OrderedDict[Hashable, _Entry] = OrderedDict()
_guard = threading.Lock()


def cached(
    key: Hashable, ask: Callable[[], Answer], seconds: float, max_wait: float | None = None
) -> CachedResult[Answer]:
    """The answer to the question `key`, at most `seconds` old, asked by one session for all.

    While one session asks, the others get what is known: the last good answer, why there is none, or
    both. Only where nothing is known yet do they wait. `max_wait`: seconds after which no caller waits any
    longer, not even the one that asks; the read continues in the background, and a later call finds the
    answer. Raises nothing: errors are in the result; unexpected ones as `ReadFailed`, with details in
    the log.
    """
    entry = _entry(key)
    before = entry.reading
    if time.monotonic() < entry.due:
        return before
    if not _acquire(entry, max_wait):
        return entry.reading
    # A caller that waited for another's read takes its answer, even if that took longer than `seconds`.
    if entry.reading is not before or time.monotonic() < entry.due:
        entry.lock.release()
    elif max_wait is None:
        _renew(entry, ask, seconds)
    else:
        _renew_beside(entry, ask, seconds, max_wait)
    return entry.reading


def _acquire(entry: _Entry, max_wait: float | None) -> bool:
    if not entry.reading.is_empty():
        return entry.lock.acquire(blocking=False)
    return entry.lock.acquire(timeout=-1 if max_wait is None else max_wait)


def _renew(entry: _Entry, ask: Callable[[], Answer], seconds: float) -> None:
    """Ask, and let the next one ask."""
    try:
        _ask(entry, ask, seconds)
    finally:
        entry.lock.release()


def _renew_beside(
    entry: _Entry, ask: Callable[[], Answer], seconds: float, max_wait: float
) -> None:
    asking = threading.Thread(target=_renew, args=(entry, ask, seconds), daemon=True)
    try:
        asking.start()
    except RuntimeError:
        # Without a free thread the caller waits after all, else the entry would never be renewed.
        _renew(entry, ask, seconds)
    else:
        asking.join(max_wait)


def _ask(entry: _Entry, ask: Callable[[], Answer], seconds: float) -> None:
    asked_at, started = datetime.now(UTC), time.monotonic()
    try:
        answer = ask()
    except Exception as error:
        last = entry.reading
        entry.reading = CachedResult(last.value, last.read_at, _describe_error(error))
        entry.due = time.monotonic() + min(seconds, _RETRY_SECONDS)
    else:
        entry.reading = CachedResult(answer, asked_at, None)
        # Counted from the question: an answer that takes long must not come every other interval.
        entry.due = started + seconds


def _describe_error(error: Exception) -> ControlRoomError:
    if isinstance(error, ControlRoomError):
        return error
    log.error("a shared read failed", exc_info=error)
    return ReadFailed(
        "The figures could not be calculated.", "Details are in the log. Retrying automatically."
    )


def clear_cache() -> None:
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
