"""A real PostgreSQL for every test that reads data: a server a process, a database a module."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from dashboard.postgres import distributed
from dashboard.postgres.bulk import upsert
from dashboard.postgres.engines import dispose_engines, write_connection
from dashboard.postgres.migrations import migrate
from dashboard.settings import read_settings, settings
from dashboard.sources.demo import World, fill
from tests.chance import EXPLORES, SEED, load_profile
from tests.databases import Databases, databases
from tests.homes import Homes

if TYPE_CHECKING:
    # Groups are made of the registry as it is when they are first asked for, and some tests add to it.
    from dashboard.rollups.table import TimeRange
    from dashboard.rollups.usable_days import Days

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
        with psycopg.connect(self.url, options="-c search_path=support") as connection:
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


def point_at(url: str | None) -> None:
    """The product reads and writes the warehouse of `url` from now on."""
    dispose_engines()
    if url is None:
        os.environ.pop("WAREHOUSE_URL", None)
    else:
        os.environ["WAREHOUSE_URL"] = url
    dispose_engines()


def install(server: Databases) -> None:
    """Create the contract in the warehouse that the product is pointed at."""
    with write_connection() as connection:
        migrate(connection)
        if server.is_citus:
            distributed.distribute(connection)


@pytest.fixture(scope="session")
def homes() -> Iterator[Homes]:
    """Filled homes for whoever starts a control room of its own."""
    kept = Homes()
    yield kept
    kept.remove_all()


@pytest.fixture(scope="module")
def new_warehouse(
    server: Databases, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Warehouse]]:
    """Makes an empty warehouse, or a copy of a database, and points the product at it.

    A test that makes one has it to itself: the next one finds the product where it was before.
    """
    before = dict(os.environ)
    made: list[str] = []

    def make(name: str = "warehouse", like: str | None = None) -> Warehouse:
        module = request.module.__name__.replace(".", "_")
        # Several processes may test the same module on the same server.
        database = f"{module}_{name}_{len(made)}_{os.getpid()}"[-60:]
        made.append(database)
        point_at(server.copy(database, like) if like else server.make(database))
        if not like:
            install(server)
        return Warehouse(os.environ["WAREHOUSE_URL"])

    yield make
    dispose_engines()
    os.environ.clear()
    os.environ.update(before)
    dispose_engines()
    for database in made:
        server.drop(database)


@pytest.fixture(autouse=True)
def _left_as_it_was(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A test may point the product anywhere: the next one finds the warehouse of its module.

    That of the fixture that the test names, as a module may have several.
    """
    for name in ("warehouse", "demo_warehouse"):
        if name in request.fixturenames:
            _point_back(request.getfixturevalue(name).url)
    before = os.environ.get("WAREHOUSE_URL")
    yield
    monkeypatch.undo()
    _point_back(before)
    # What a test set besides may still be known from where it was read.
    if settings.cache_info().currsize and settings() != read_settings(os.environ):
        dispose_engines()


def _point_back(url: str | None) -> None:
    # Only where it is elsewhere: engines that are left alone keep their connections.
    if os.environ.get("WAREHOUSE_URL") != url:
        point_at(url)


@pytest.fixture(scope="module")
def warehouse(new_warehouse: Callable[..., Warehouse]) -> Warehouse:
    """One empty warehouse for the module."""
    return new_warehouse("warehouse")


def fill_demo() -> None:
    """A small demo company, seven weeks of it, that ends on Wednesday at 14:20 after `MIDNIGHT`."""
    until = at(14 + 20 / 60, days=2)
    world = World(until.date(), accounts=120, episodes=4_000, days=49)
    assert fill(world, until, lambda stage, share: None)


@pytest.fixture(scope="session")
def demo_original(server: Databases) -> Iterator[str | None]:
    """The database that every module's demo is a copy of: a copy takes a tenth of a fill's time.

    None on Citus, where a copy would have the coordinator's part alone.
    """
    if server.is_citus:
        yield None
        return
    name, before = f"demo_original_{os.getpid()}", os.environ.get("WAREHOUSE_URL")
    point_at(server.make(name))
    install(server)
    fill_demo()
    point_at(before)
    yield name
    server.drop(name)


@pytest.fixture(scope="module")
def demo_warehouse(new_warehouse: Callable[..., Warehouse], demo_original: str | None) -> Warehouse:
    """The demo company of `fill_demo`, in a warehouse of the module's own."""
    made = new_warehouse("demo", like=demo_original)
    if demo_original is None:
        fill_demo()
    return made


@pytest.fixture(autouse=True)
def _sums_are_worth_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test has so few rows that the facts would always be quicker, and sums never be read.

    What is read is the same; only what it is expected to cost is that of a large company.
    """

    def rows(fact: str, days: "Days", ranges: "list[TimeRange]") -> float:
        return 1e6 * sum((until - since).total_seconds() for since, until in ranges)

    monkeypatch.setattr("dashboard.query.costs.fact_rows", rows)


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
