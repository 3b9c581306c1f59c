"""How long a question takes: p50 and p95 of several runs, each asked of PostgreSQL anew."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from sqlalchemy import event

from dashboard.errors import WarehouseSlow
from dashboard.postgres.engines import read_engine

Ask = Callable[[], object]
"""One question: reads the warehouse, through no cache."""

_FEWEST_RUNS = 2


@dataclass(frozen=True)
class Timing:
    """One question's runs. `seconds` of each; `statements` sent and `rows` received in one run.

    `is_late`: in some run PostgreSQL gave up at the statement timeout; it would take longer still.
    """

    what: str
    seconds: tuple[float, ...]
    statements: int
    rows: int
    is_late: bool = False

    @property
    def p50(self) -> float:
        """Milliseconds."""
        return float(np.percentile(self.seconds, 50)) * 1000

    @property
    def p95(self) -> float:
        """Milliseconds."""
        return float(np.percentile(self.seconds, 95)) * 1000


def together(what: str, parts: list[Timing]) -> Timing:
    """The parts asked one after the other; a run of the whole is a run of each."""
    runs = min(len(part.seconds) for part in parts)
    return Timing(
        what,
        tuple(sum(part.seconds[run] for part in parts) for run in range(runs)),
        sum(part.statements for part in parts),
        sum(part.rows for part in parts),
        any(part.is_late for part in parts),
    )


def timed(what: str, ask: Ask, runs: int, most_seconds: float) -> Timing:
    """`ask`, once to warm up and then `runs` times, or fewer where `most_seconds` are over sooner."""
    seconds: list[float] = []
    begun = time.perf_counter()
    with _counted() as (counts, is_late):
        _once(ask, is_late)
        statements, rows = counts
        while len(seconds) < runs and (
            len(seconds) < _FEWEST_RUNS or time.perf_counter() - begun < most_seconds
        ):
            seconds.append(_once(ask, is_late))
    return Timing(what, tuple(seconds), statements, rows, bool(is_late))


def _once(ask: Ask, is_late: list[bool]) -> float:
    started = time.perf_counter()
    try:
        ask()
    except WarehouseSlow:
        is_late.append(True)
    return time.perf_counter() - started


@contextmanager
def _counted() -> Iterator[tuple[list[int], list[bool]]]:
    """Counts the statements that are sent and the rows that come back, from whatever thread."""
    counts, guard = [0, 0], threading.Lock()

    def sent(*_: object) -> None:
        with guard:
            counts[0] += 1

    def answered(connection, cursor, *_: object) -> None:
        with guard:
            counts[1] += max(cursor.rowcount, 0)

    engine = read_engine()
    event.listen(engine, "before_cursor_execute", sent)
    event.listen(engine, "after_cursor_execute", answered)
    try:
        yield counts, []
    finally:
        event.remove(engine, "before_cursor_execute", sent)
        event.remove(engine, "after_cursor_execute", answered)
