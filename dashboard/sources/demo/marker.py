"""The demo's own row in the warehouse: which world it holds, and up to when."""

from dataclasses import dataclass
from datetime import datetime

import psycopg

from dashboard.sources.demo.world import World

# One fill or one live process at a time, whichever warehouse session holds it.
_LOCK = 7_270_310


@dataclass(frozen=True)
class Held:
    """The demo that a warehouse holds; `filled_until` is None while the first fill runs."""

    world: World
    filled_until: datetime | None


def held(connection: psycopg.Connection) -> Held | None:
    """What `control_room.demo` says, None where the warehouse has no demo data."""
    row = connection.execute(
        "select anchor, seed, accounts, episodes, days, filled_until from control_room.demo"
    ).fetchone()
    return Held(World(*row[:5]), row[5]) if row else None


def begin(connection: psycopg.Connection, world: World) -> None:
    """Say that the warehouse is about to hold `world`, and commit, so that pages can say so."""
    connection.execute("delete from control_room.demo")
    connection.execute(
        "insert into control_room.demo (anchor, seed, accounts, episodes, days)"
        " values (%s, %s, %s, %s, %s)",
        (world.anchor, world.seed, world.accounts, world.episodes, world.days),
    )
    connection.commit()


def reach(connection: psycopg.Connection, instant: datetime) -> None:
    """Note that everything up to `instant` is in the warehouse."""
    connection.execute("update control_room.demo set filled_until = %s", (instant,))


def try_lock(connection: psycopg.Connection) -> bool:
    """Whether this session is now the one that writes the demo; held until the session ends."""
    row = connection.execute("select pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
    connection.commit()
    return bool(row and row[0])
