"""A real PostgreSQL for every test that reads data: one server a run, one database a module."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from dashboard.postgres import distributed
from dashboard.postgres.bulk import upsert
from dashboard.postgres.engines import dispose_engines, write_connection
from dashboard.postgres.migrations import migrate
from dashboard.sources.demo import World, fill
from tests.chance import EXPLORES, SEED, load_profile
from tests.databases import Databases, databases

load_profile()

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday, and the zero of the hand-made warehouses."""


def at(hours: float, days: float = 0) -> datetime:
    """So many hours and days after `MIDNIGHT`."""
    return MIDNIGHT + timedelta(days=days, hours=hours)


class Warehouse:
    """One database that keeps the contract; `add` fills it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def add(self, relation: str, rows: Iterable[dict[str, Any]]) -> None:
        with write_connection() as connection:
            upsert(connection, relation, rows)

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("set search_path to support")
            connection.execute(statement)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if EXPLORES and report.failed:
        report.sections.append(("what was drawn", f"make test-random SEED={SEED} draws it again"))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if EXPLORES:
        terminalreporter.write_line(f"Drawn from seed {SEED}: make test-random SEED={SEED}")


@pytest.fixture(scope="session")
def server() -> Iterator[Databases]:
    with databases() as found:
        yield found


@pytest.fixture(scope="module")
def new_warehouse(
    server: Databases, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Warehouse]]:
    """Makes an empty warehouse and points the product at it; later ones leave earlier ones alone."""
    before = dict(os.environ)
    made: list[str] = []

    def make(name: str = "warehouse") -> Warehouse:
        database = f"{request.module.__name__.replace('.', '_')}_{name}_{len(made)}"[-60:]
        made.append(database)
        url = server.make(database)
        os.environ["WAREHOUSE_URL"] = url
        dispose_engines()
        with write_connection() as connection:
            migrate(connection)
            if server.is_citus:
                distributed.distribute(connection)
        return Warehouse(url)

    yield make
    dispose_engines()
    os.environ.clear()
    os.environ.update(before)
    dispose_engines()
    for database in made:
        server.drop(database)


@pytest.fixture(scope="module")
def warehouse(new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    """One empty warehouse for the module."""
    return new_warehouse("warehouse")


@pytest.fixture(scope="module")
def demo_warehouse(new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    """A small demo company, seven weeks of it, that ends on Wednesday at 14:20 after `MIDNIGHT`."""
    made = new_warehouse("demo")
    until = at(14 + 20 / 60, days=2)
    world = World(until.date(), accounts=120, episodes=4_000, days=49)
    assert fill(world, until, lambda stage, share: None)
    return made


def conversation(number: int | str, started: datetime, **known: Any) -> dict[str, Any]:
    """A conversation of account `a1` unless said otherwise, with nothing known but its start."""
    return {
        "account_id": "a1",
        "conversation_id": f"c{number}",
        "source": "helpdesk",
        "channel": "chat",
        "started_at": started,
        "is_excluded": False,
        "times_placed": False,
        **known,
    }


def span(number: int | str, started: datetime, **known: Any) -> dict[str, Any]:
    """An agent's successful call of 1 s by account `a1` unless said otherwise."""
    return {
        "account_id": "a1",
        "span_id": f"s{number}",
        "trace_id": f"t{number}",
        "origin": "agent",
        "operation": "execute_tool",
        "system": "billing-api",
        "name": "get_invoice",
        "started_at": started,
        "duration_ms": 1000.0,
        **known,
    }


def message(conversation: str, position: int, sent: datetime, author: str, body: str = "…") -> dict:
    return {
        "account_id": "a1",
        "conversation_id": conversation,
        "position": position,
        "sent_at": sent,
        "author": author,
        "body": body,
        "is_internal": False,
    }
