"""A warehouse of its own for what breaks warehouses, and a control room that reaches it by a network."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from dashboard.postgres.embedded import EmbeddedWarehouse
from dashboard.settings import PROJECT_ROOT
from tests.browser.serving import Server
from tests.homes import SMALL, Homes, remove
from tests.network import Network
from tests.present import present
from tests.waiting import wait_until

REFRESH_SECONDS = 1
STATEMENT_SECONDS = 2


class Breakable(EmbeddedWarehouse):
    """An embedded warehouse that can be killed, and whose readers can be caught in the middle."""

    def kill(self) -> None:
        """As a machine that stops: all of its processes at one moment, so that none is let go by another."""
        number = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        first = psutil.Process(number)
        processes = [first, *first.children()]
        for signalled in (signal.SIGSTOP, signal.SIGKILL):
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signalled)
        wait_until(lambda: not self.is_running(), 5, "the warehouse outlived a kill")

    def value(self, query: str) -> Any:
        with psycopg.connect(self.url) as connection:
            return present(connection.execute(query).fetchone())[0]

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(statement)

    @contextmanager
    def held_back(self, relation: str) -> Iterator[None]:
        """Whoever reads or writes `relation` waits until the block ends."""
        connection = psycopg.connect(self.url)
        try:
            connection.execute(f"lock table support.{relation} in access exclusive mode")
            yield
        finally:
            with suppress(psycopg.Error):
                connection.close()

    def waits(self, application: str, how_many: int = 1) -> bool:
        """Whether so many sessions of `application` wait for what is held back."""
        return how_many <= self.value(
            "select count(*) from pg_stat_activity"
            f" where application_name = '{application}' and wait_event_type = 'Lock'"
        )

    def has_session(self, application: str) -> bool:
        return self.value(
            f"select exists (select from pg_stat_activity where application_name = '{application}')"
        )

    def is_left_alone(self, seconds: float) -> bool:
        """Whether no control room has asked anything for so long."""
        return not self.value(
            "select exists (select from pg_stat_activity where application_name = 'control-room'"
            f" and (state <> 'idle' or state_change > now() - interval '{seconds} seconds'))"
        )

    def command(self, *command: str) -> subprocess.Popen:
        """A command on this warehouse, started as a person starts it."""
        return subprocess.Popen(
            [sys.executable, "-m", "dashboard", *command],
            cwd=PROJECT_ROOT,
            env={"PATH": os.environ["PATH"], "WAREHOUSE_URL": self.url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def counts(self) -> dict[str, int]:
        """Rows by relation."""
        relations = ("accounts", "conversations", "messages", "spans", "evaluations")
        return {name: self.value(f"select count(*) from support.{name}") for name in relations}


def ended(process: subprocess.Popen) -> tuple[int, str, str]:
    """Exit code, output and errors of a command, once it has ended."""
    out, errors = process.communicate(timeout=90)
    return process.returncode, out, errors


@pytest.fixture(scope="module")
def broken() -> Iterator[Callable[[str], Breakable]]:
    """Makes a started, empty warehouse in a folder of that name."""
    made: list[Breakable] = []

    def make(name: str) -> Breakable:
        warehouse = Breakable(Path("/tmp") / f"control-room-faults-{os.getpid()}-{name}")
        warehouse.start()
        made.append(warehouse)
        return warehouse

    yield make
    for warehouse in made:
        warehouse.release()
        remove(warehouse.folder)


@pytest.fixture(scope="module")
def cluster(homes: Homes) -> Iterator[Breakable]:
    """A warehouse with a small demo company that stands still."""
    with homes.copy(*SMALL) as home:
        warehouse = Breakable(home)
        warehouse.start()
        yield warehouse
        warehouse.release()


@pytest.fixture(scope="module")
def network(cluster: Breakable) -> Iterator[Network]:
    with Network(cluster) as carried:
        yield carried


@pytest.fixture(scope="module")
def room(cluster: Breakable, network: Network) -> Iterator[Server]:
    """A control room that refreshes every second and does not start the warehouse by itself."""
    server = Server(
        cluster.folder,
        WAREHOUSE_URL=network.url,
        REFRESH_SECONDS=str(REFRESH_SECONDS),
        STATEMENT_TIMEOUT_MS=str(1000 * STATEMENT_SECONDS),
        # What is counted here is what walls ask; sums would come and change it half way.
        CONTROL_ROOM_ROLLUPS="0",
    )
    server.start()
    yield server
    server.stop()
