"""Connections: read-only, given up on when nothing comes, and tried by one at a time while they fail."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text

from dashboard.errors import WarehouseUnreachable
from dashboard.postgres import connecting
from dashboard.postgres.connecting import Connecting, PatientConnection
from dashboard.postgres.engines import dispose_engines, read_engine
from dashboard.postgres.read import fetch
from tests.clock import Clock
from tests.conftest import Warehouse


def open_with(opened: Connecting, url: str) -> psycopg.Connection:
    return opened(None, None, (url,), {"connect_timeout": 2})


def test_reads_cannot_write(warehouse: Warehouse):
    with read_engine().connect() as connection, pytest.raises(Exception, match="read-only"):
        connection.execute(text("create table written (n int)"))


def test_a_connection_gives_up_on_an_answer_and_is_closed(warehouse: Warehouse):
    connection = PatientConnection.connect(warehouse.url, autocommit=True)
    connection.max_wait = 0.3
    started = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select pg_sleep(20)")
    assert time.monotonic() - started < 5
    assert connection.closed


def test_an_error_of_the_server_leaves_the_connection_open(warehouse: Warehouse):
    connection = PatientConnection.connect(warehouse.url, autocommit=True)
    connection.max_wait = 10
    with pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute("select 1 / 0")
    assert connection.execute("select 1").fetchone() == (1,)
    connection.close()


class Refusing:
    """A port that takes connections and closes them, and counts."""

    def __init__(self) -> None:
        self.count = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._socket.getsockname()[1]}/none"

    def _serve(self) -> None:
        while True:
            taken, _ = self._socket.accept()
            self.count += 1
            taken.close()


def test_while_it_fails_one_of_many_tries(monkeypatch: pytest.MonkeyPatch):
    clock = Clock()
    monkeypatch.setattr(connecting, "time", clock)
    port, opened = Refusing(), Connecting(2, 10)

    def attempt(_: int) -> str:
        with pytest.raises(psycopg.OperationalError) as raised:
            open_with(opened, port.url)
        return str(raised.value)

    first = attempt(0)
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(attempt, range(64))) == {first}
        assert port.count == 1
        clock.seconds += connecting._PAUSE_SECONDS
        list(pool.map(attempt, range(64)))
    assert port.count == 2


def test_once_it_answers_everybody_connects(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connecting, "_PAUSE_SECONDS", 0.0)
    port, opened = Refusing(), Connecting(2, 10)
    with pytest.raises(psycopg.OperationalError):
        open_with(opened, port.url)
    with ThreadPoolExecutor(4) as pool:
        first = open_with(opened, warehouse.url)
        others = list(pool.map(lambda _: open_with(opened, warehouse.url), range(4)))
    for connection in (first, *others):
        assert connection.execute("select 1").fetchone() == (1,)
        connection.close()


def test_no_connection_free_is_said(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    warehouse.run("create role crowded login connection limit 0")
    monkeypatch.setenv("WAREHOUSE_URL", warehouse.url.replace("postgres@", "crowded@"))
    dispose_engines()
    try:
        with pytest.raises(WarehouseUnreachable, match="no free connection"):
            fetch(text("select 1"))
    finally:
        monkeypatch.undo()
        dispose_engines()
        warehouse.run("drop role crowded")
