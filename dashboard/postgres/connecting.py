"""How a connection to the warehouse is opened: by one caller at a time while that fails, and never to
wait on it for ever."""

import threading
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

_T = TypeVar("_T")
_PAUSE_SECONDS = 1.0


class Connecting:
    """SQLAlchemy's `do_connect`: opens a connection that gives up after `max_wait` seconds.

    Once opening fails, the next second's callers are told so without trying, and after it one of them
    tries for all: a dead warehouse would otherwise be waited for by every question of every page, and
    one that comes back would be met by all of them.
    """

    def __init__(self, connect_seconds: float, max_wait: float) -> None:
        self._longest, self._max_wait = connect_seconds, max_wait
        self._lock = threading.Lock()
        self._failed: str | None = None
        self._again_at = 0.0

    def __call__(
        self, dialect: object, record: object, arguments: tuple, parameters: dict[str, Any]
    ) -> psycopg.Connection:
        with self._lock:
            if self._failed is not None:
                if time.monotonic() < self._again_at:
                    raise psycopg.OperationalError(self._failed)
                self._again_at = time.monotonic() + self._longest + _PAUSE_SECONDS
        try:
            connection = PatientConnection.connect(*arguments, **parameters)
        except psycopg.OperationalError as error:
            with self._lock:
                self._failed, self._again_at = str(error), time.monotonic() + _PAUSE_SECONDS
            raise
        self._failed = None
        connection.max_wait = self._max_wait
        return connection


class PatientConnection(psycopg.Connection):
    """A connection that waits `max_wait` seconds for an answer.

    The server's own statement timeout tells nothing when the server is frozen or the network silent.
    """

    max_wait: float | None = None

    def wait(self, gen: PQGen[_T], interval: float = 0.1, timeout: float | None = None) -> _T:
        try:
            return super().wait(gen, interval, timeout or self.max_wait)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                # A later answer would belong to a query that was given up.
                self.close()
            raise
