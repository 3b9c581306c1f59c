"""The wall while its warehouse dies, hangs, is full or far away: what is known stays, with its age, and
it comes back alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.browser.serving import Server
from tests.faults.conftest import REFRESH_SECONDS, Breakable
from tests.network import Network
from tests.present import present
from tests.statement_log import StatementLog
from tests.waiting import wait_until
from tests.walls import Wall, Walls


@pytest.fixture(autouse=True)
def _whole(cluster: Breakable, network: Network) -> Iterator[None]:
    yield
    network.is_cut = network.is_silent = False
    network.delay = 0.0
    cluster.ensure_running()


def wait_until_fresh(walls: Walls) -> None:
    """Until every wall shows figures that were asked for from now on, and no complaint."""
    now = time.monotonic()
    walls.wait_until(
        lambda wall: (
            bool(wall.figure("containment")) and not wall.text and asked_at(wall)[-1] > now
        ),
        40,
        "the wall has no fresh figures",
    )


def asked_at(wall: Wall) -> list[float]:
    """When the figures of each delivery were asked for."""
    return [found.at - present(found.age) for found in wall.deliveries if found.has_figures]


def wait_until_told(walls: Walls, words: str) -> None:
    """Until every wall says so, above the figures that it had."""
    walls.wait_until(lambda wall: words in wall.text, 30, f"the wall does not say {words!r}")
    for wall in walls.walls:
        assert wall.figure("containment"), "the figures went"
        assert "Showing figures from " in wall.text
        assert "Traceback" not in wall.text


def test_killed_in_the_middle_of_a_refresh(cluster: Breakable, room: Server):
    before = cluster.counts()
    with Walls(room, 3) as walls:
        wait_until_fresh(walls)
        with cluster.held_back("conversations"):
            wait_until(lambda: cluster.waits("control-room"), 20, "no refresh is under way")
            cluster.kill()
        wait_until_told(walls, "The warehouse is not responding.")
        aged = [wall.newest["age"] for wall in walls.walls]
        cluster.ensure_running()
        wait_until_fresh(walls)
    assert min(aged) > REFRESH_SECONDS
    assert cluster.counts() == before


def test_many_walls_try_a_dead_warehouse_once_an_interval(
    cluster: Breakable, room: Server, network: Network
):
    with Walls(room, 8) as walls:
        wait_until_fresh(walls)
        network.cut()
        wait_until_told(walls, "The warehouse is not responding.")
        before, began = network.connections, time.monotonic()
        # Somebody tries, and not everybody.
        wait_until(lambda: network.connections >= before + 4, 30, "nobody tries any more")
        tried, seconds = network.connections - before, time.monotonic() - began
        assert tried <= seconds / REFRESH_SECONDS + 1
        network.is_cut = False
        wait_until_fresh(walls)


def test_a_wall_opened_while_the_warehouse_is_away_says_so_and_fills_later(
    room: Server, network: Network
):
    network.cut()
    query = "wall=1&window=3h"
    with Walls(room, 8, query) as walls:
        walls.wait_until(
            lambda wall: wall.text.startswith("The warehouse is not responding."),
            30,
            "it is silent",
        )
        assert all(wall.newest["age"] is None for wall in walls.walls)
        network.is_cut = False
        wait_until_fresh(walls)


def test_a_silent_network_is_given_up_on(room: Server, network: Network):
    with Walls(room, 3) as walls:
        wait_until_fresh(walls)
        network.is_silent = True
        wait_until_told(walls, "The warehouse is not responding.")
        network.is_silent = False
        wait_until_fresh(walls)


def test_a_slow_answer_is_said_and_the_figures_stay(cluster: Breakable, room: Server):
    with Walls(room, 3) as walls:
        wait_until_fresh(walls)
        with cluster.held_back("messages"), cluster.held_back("spans"):
            wait_until_told(walls, "The warehouse did not answer within 2 seconds.")
        wait_until_fresh(walls)


@contextmanager
def no_connection_free(cluster: Breakable) -> Iterator[None]:
    """Somebody else holds every connection that the server allows."""
    end = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'control-room'"
    held = [psycopg.connect(cluster.url, autocommit=True)]
    quiet = 0

    def took_all() -> bool:
        """Sessions that were ended leave a place a moment later: twice in a row nothing is left."""
        nonlocal quiet
        before = len(held)
        with suppress(psycopg.OperationalError):
            while True:
                held.append(psycopg.connect(cluster.url))
        ended = held[0].execute(end).fetchall()
        quiet = 0 if ended or len(held) > before else quiet + 1
        return quiet == 2

    try:
        wait_until(took_all, 30, "there are always connections free")
        yield
    finally:
        for connection in held:
            connection.close()


def test_no_connection_free(cluster: Breakable, room: Server):
    with Walls(room, 3) as walls:
        wait_until_fresh(walls)
        with no_connection_free(cluster):
            wait_until_told(walls, "The warehouse has no free connection.")
            with Walls(room, 1, "wall=1&window=2h") as another:
                another.wait_until(
                    lambda wall: (
                        wall.text.count("The warehouse has no free connection.") == 1
                        and "FATAL" not in wall.text
                    ),
                    30,
                    "a new wall does not say why it is empty",
                )
        wait_until_fresh(walls)


def test_a_slow_network_costs_time_and_nothing_else(
    cluster: Breakable, room: Server, network: Network
):
    # Within one quarter of an hour: at the next one the earlier weeks are asked anew.
    yesterday = datetime.now(UTC) - timedelta(days=1)
    instant = yesterday.replace(minute=10)

    def asked_for_one_replay(minutes: int) -> int:
        """Statements of one set: a replayed instant is read once and kept."""
        replay = f"wall=1&as_of={instant - timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"
        # What earlier walls asked for is answered by then.
        wait_until(lambda: cluster.is_left_alone(REFRESH_SECONDS), 30, "somebody still asks")
        log.begin()
        with Walls(room, 2, replay) as walls:
            walls.wait_until(lambda wall: bool(wall.figure("containment")), 40, "no figures")
        assert log.sets == 1
        return log.statements

    with StatementLog(cluster) as log:
        # The first to connect also asks the server what it is.
        asked_for_one_replay(0)
        quick = asked_for_one_replay(1)
        # An eighth of a second for a question and its answer: another continent.
        network.delay = 0.0625
        assert asked_for_one_replay(2) == quick
    with Walls(room, 3) as walls:
        walls.wait_until(
            lambda wall: len({round(instant) for instant in asked_at(wall)}) >= 2,
            40,
            "the wall does not refresh",
        )
        for wall in walls.walls:
            assert all(present(found.age) > 0 and not found.notice for found in wall.deliveries)
