"""The launcher's part in the rollups: bring them up to date every few seconds, as long as it runs."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from dashboard.errors import WarehouseError, WarehouseUnreachable, WriteDenied
from dashboard.rollups.builder import roll_up
from dashboard.rollups.failures import RollupFailure
from dashboard.settings import settings

_FIRST_SECONDS = 5.0
_AGAIN_SECONDS = 60.0
_REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


@contextmanager
def rollup_worker() -> Iterator[None]:
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
    reported: type[Exception] | None = None
    failing_before: dict[str, RollupFailure] = {}
    wait = _FIRST_SECONDS
    while not done.wait(wait):
        wait = settings().refresh_seconds
        try:
            ran = roll_up(thorough=False, at_once=False, stop=done.is_set)
            reported = None
            failing = (
                {failure.group: failure for failure in ran.failures} if ran else failing_before
            )
            for group in failing.keys() - failing_before.keys():
                print(failing[group], file=sys.stderr)
            failing_before = failing
        except (psycopg.Error, WarehouseError) as error:
            described = describe_error(error) if isinstance(error, psycopg.Error) else error
            if isinstance(described, WriteDenied):
                print(described, file=sys.stderr)
                return
            wait = _AGAIN_SECONDS
            # By type: the message of the same error names another file each time.
            if type(error) is not reported:
                print(f"Rollups paused: {described}", file=sys.stderr)
                reported = type(error)


def describe_error(error: psycopg.Error) -> WarehouseError:
    """What ended a run, and what to do. The days built by then are kept in any case."""
    what = error.diag.message_primary or (str(error).splitlines() or [type(error).__name__])[0]
    if isinstance(error, _REFUSED):
        return WriteDenied(
            "No write access to schema control_room: long windows are read from the facts.",
            "Set WAREHOUSE_WRITE_URL to change that.",
        )
    if isinstance(error, psycopg.errors.DiskFull):
        return WarehouseError(
            f"The warehouse has no space for the rollups: {what}.",
            "Free up space. The next run continues where this one stopped; until then, figures are read"
            " from the facts.",
        )
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate or "57P")[:3] == "57P":
        return WarehouseUnreachable(
            "The connection was lost during the rollup; completed days are kept.",
            "Check that PostgreSQL runs; the next run continues where this one stopped.",
        )
    return WarehouseError(
        f"The warehouse rejected a rollup: {what}.", "Run `python -m dashboard check`."
    )
