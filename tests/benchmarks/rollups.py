"""What rollups are worth: each question in the best SQL a hand can write over the rows, and from sums."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from dashboard.postgres.bulk import upsert
from dashboard.postgres.engines import write_connection
from dashboard.postgres.read import fetch, query
from dashboard.query.measure import measure
from dashboard.rollups.builder import roll_up
from tests.benchmarks.load import newest
from tests.benchmarks.page import Subject
from tests.benchmarks.query_files import BENCH_QUERIES
from tests.benchmarks.timing import Ask

_NEW_EPISODES = 1_000

_QUESTIONS: Mapping[str, tuple[str, list[str], list[str], str | None]] = {
    # What is asked: the hand-written file, and the metrics, dimensions and bucket of the same question.
    "outcomes by day and topic": (
        f"{BENCH_QUERIES}/raw_outcomes.sql",
        ["containment_rate", "resolution_rate"],
        ["topic"],
        "day",
    ),
    "came back within 72 h, by day and topic": (
        f"{BENCH_QUERIES}/raw_durable.sql",
        ["durable_resolution_rate_72h"],
        ["topic"],
        "day",
    ),
    "failed spans by day and system": (
        f"{BENCH_QUERIES}/raw_failed_spans.sql",
        ["failed_spans", "spans"],
        ["system"],
        "day",
    ),
    "latency p50 and p95 by system": (
        f"{BENCH_QUERIES}/raw_latency.sql",
        ["latency_p50", "latency_p95"],
        ["system"],
        None,
    ),
    "escalations by hour": (f"{BENCH_QUERIES}/raw_escalations.sql", ["escalations"], [], "hour"),
}


@dataclass(frozen=True)
class RolledUp:
    """One run of the rollup: what it had to do, how many days of sums it built, in what time."""

    what: str
    days: int
    seconds: float


def raw_questions(about: Subject) -> Mapping[str, Ask]:
    """Each question over eight weeks of rows, by name."""
    scope = about.scope()
    window = {"since": scope.since, "until": scope.until, "as_of": scope.as_of}
    return {name: partial(fetch, query(path), window) for name, (path, *_) in _QUESTIONS.items()}


def rolled_questions(about: Subject) -> Mapping[str, Ask]:
    """The same questions as `measure` answers them."""
    return {
        name: partial(measure, metrics, about.scope(), by, bucket)
        for name, (_, metrics, by, bucket) in _QUESTIONS.items()
    }


def roll_up_all() -> RolledUp:
    """Bring the rollups of the whole history up to date."""
    return _timed("all of the history", roll_up)


def roll_up_newest() -> RolledUp:
    """Roll up a thousand new episodes, alike to the newest; they are taken back afterwards."""
    rows = newest("conversations", _NEW_EPISODES)
    for row in rows:
        row["conversation_id"] = f"new-{row['conversation_id']}"
    with write_connection() as connection:
        upsert(connection, "conversations", rows)
    try:
        # As the launcher does it: rows are counted once in a quarter of an hour, not at each run.
        return _timed(f"{len(rows):,} new episodes", partial(roll_up, thorough=False))
    finally:
        with write_connection() as connection:
            connection.execute("delete from conversations where conversation_id like 'new-%'")
        roll_up()


def _timed(what: str, run: Callable) -> RolledUp:
    started = time.perf_counter()
    done = run()
    return RolledUp(what, done.days if done else 0, time.perf_counter() - started)
