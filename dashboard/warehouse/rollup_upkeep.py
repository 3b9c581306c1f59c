"""The launcher's part in the rollups: bring them up to date every few seconds, as long as it runs."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from dashboard.errors import WarehouseError
from dashboard.settings import settings
from dashboard.warehouse.rollup import roll_up

_FIRST_SECONDS = 5.0
_AGAIN_SECONDS = 60.0


@contextmanager
def kept_rolled_up() -> Iterator[None]:
    """Keep the rollups up as long as the block runs; every page works without them, slower."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(done,), daemon=True, name="rollups")
    keeper.start()
    try:
        yield
    finally:
        done.set()
        # A day that is being built is rolled back with the connection.
        keeper.join(timeout=2)


def _keep(done: threading.Event) -> None:
    said = ""
    wait = _FIRST_SECONDS
    while not done.wait(wait):
        wait = settings().refresh_seconds
        try:
            roll_up(thorough=False, at_once=False, stop=done.is_set)
            said = ""
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
            print("No right to write to schema control_room: long windows are read from the facts. "
                  "Set WAREHOUSE_WRITE_URL to change that.", file=sys.stderr)  # fmt: skip
            return
        except (psycopg.Error, WarehouseError) as error:
            wait = _AGAIN_SECONDS
            line = str(error).splitlines()[0] if str(error) else type(error).__name__
            if line != said:
                print(f"The rollups wait: {line}", file=sys.stderr)
                said = line
