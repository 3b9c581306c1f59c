"""The process that keeps the demo going: what becomes known arrives as it does."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import psycopg

from dashboard.errors import ControlRoomError
from dashboard.postgres.bulk import Loaded, upsert
from dashboard.postgres.embedded import open_embedded
from dashboard.postgres.engines import write_connection
from dashboard.settings import settings
from dashboard.sources.demo import marker
from dashboard.sources.demo.catalog import articles_table, changes_table
from dashboard.sources.demo.day import LONGEST_DAYS, generate_day
from dashboard.sources.demo.fill import as_instant
from dashboard.sources.demo.table import Table
from dashboard.sources.demo.world import World

STEP_SECONDS = 1.5
_LONGEST_GAP = timedelta(days=90)
_LONGEST_BACKOFF = 30.0
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_PIECE = timedelta(hours=6)
_QUIET = timedelta(seconds=15)


def advance(
    connection: psycopg.Connection, world: World, since: datetime, until: datetime
) -> Loaded:
    """Bring the warehouse from how it stood at `since` to `until`; again, and nothing changes."""
    first = since.astimezone(UTC).date() - timedelta(days=LONGEST_DAYS)
    loaded = _bring(connection, _tables(world, first, until), since, until)
    # A quiet night is not worth a write every other second: the next step covers this one as well.
    if loaded != Loaded() or until - since > _QUIET:
        marker.reach(connection, until)
    connection.commit()
    return loaded


def _bring(
    connection: psycopg.Connection, tables: list[Table], since: datetime, until: datetime
) -> Loaded:
    loaded = Loaded()
    for table in tables:
        changed = table.changed(as_instant(since), as_instant(until))
        if len(changed):
            loaded += upsert(connection, changed.relation, changed.as_dicts())
    return loaded


def catch_up(
    connection: psycopg.Connection,
    until: datetime,
    say: Callable[[str], None],
    is_over: Callable[[float], bool] = lambda _seconds: False,
) -> World:
    """Fill the gap since the demo last ran, piece by piece, each kept as soon as it is done.

    Raises `ControlRoomError` where the warehouse has no demo data.
    """
    present = marker.held(connection)
    if present is None or present.filled_until is None:
        raise ControlRoomError(
            "The warehouse has no demo data.", "Run `python -m dashboard simulate` first."
        )
    reached = present.filled_until
    if until - reached > _LONGEST_GAP:
        say(
            f"The demo stood still since {reached:%Y-%m-%d}; the part over 90 days ago stays empty."
        )
        reached = _skip(connection, present.world, reached, until - _LONGEST_GAP)
    if until - reached > _PIECE:
        say(f"Catching up since {reached:%Y-%m-%d %H:%M} UTC.")
    while reached < until and not is_over(0):
        following = min(until, reached + _PIECE)
        advance(connection, present.world, reached, following)
        reached = following
    return present.world


def _skip(
    connection: psycopg.Connection, world: World, since: datetime, until: datetime
) -> datetime:
    """Leave out what lies between, but no conversation half: what ran at `since` ends, and what runs
    at `until` is there from its beginning."""
    for around, known in ((since, since), (until, _EVER)):
        first = around.astimezone(UTC).date() - timedelta(days=LONGEST_DAYS)
        _bring(connection, _tables(world, first, around), known, until)
    return until


def run(
    parent: int | None = None,
    say: Callable[[str], None] = lambda text: print(text, file=sys.stderr),
) -> int:
    """Keep the demo going until SIGTERM, SIGINT or the end of the process `parent`; returns 0.

    Without `parent` it is the process that started this one. A launcher says who it is: it may be
    gone before this one has looked.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    parent = parent or os.getppid()

    def is_over(seconds: float) -> bool:
        return stopped.wait(seconds) or os.getppid() != parent

    pause, reported = 1.0, ""
    while not is_over(0):
        began = time.monotonic()
        try:
            _session(is_over, say)
        except (ControlRoomError, psycopg.Error) as error:
            if time.monotonic() - began > _LONGEST_BACKOFF:
                pause, reported = 1.0, ""
            line = (
                f"Demo paused: the warehouse is not available. {' '.join(str(error).split())[:200]}"
            )
            if line != reported:
                say(line)
            reported = line
            if is_over(pause):
                break
            pause = min(pause * 2, _LONGEST_BACKOFF)
    return 0


def _session(is_over: Callable[[float], bool], say: Callable[[str], None]) -> None:
    if settings().is_embedded:
        open_embedded(settings().home).ensure_running()
    with write_connection() as connection:
        if not _has_turn(connection, is_over, say):
            return
        world = catch_up(connection, datetime.now(UTC), say, is_over)
        while not is_over(STEP_SECONDS):
            present = marker.held(connection)
            if present is None or present.filled_until is None or present.world != world:
                # Emptied or filled anew meanwhile: begin with what is there now.
                connection.commit()
                return
            advance(connection, world, present.filled_until, datetime.now(UTC))


def _has_turn(
    connection: psycopg.Connection, is_over: Callable[[float], bool], say: Callable[[str], None]
) -> bool:
    if marker.try_lock(connection):
        return True
    say("Another process keeps the demo going; waiting for it to end.")
    while not is_over(STEP_SECONDS):
        if marker.try_lock(connection):
            return True
    return False


def _tables(world: World, first: date, until: datetime) -> list[Table]:
    begin, last = max(world.first_day, first), until.astimezone(UTC).date()
    days = (begin + timedelta(days=number) for number in range((last - begin).days + 1))
    tables = [table for day in days for table in _day(world, day)]
    return [articles_table(world), changes_table(world, last), *tables]


@lru_cache(maxsize=LONGEST_DAYS + 3)
def _day(world: World, day: date) -> list[Table]:
    return generate_day(world, day)
