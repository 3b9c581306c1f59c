"""The life of `python -m dashboard`: it ends cleanly, and starts again where it was."""

import signal
from collections.abc import Iterator

import psutil
import pytest

from dashboard.postgres.embedded import EmbeddedWarehouse
from tests.browser.serving import Server
from tests.homes import SMALL, Homes
from tests.waiting import wait_until


@pytest.fixture
def own_server(homes: Homes) -> Iterator[Server]:
    """A server that is not started yet."""
    with homes.copy(*SMALL) as home:
        server = Server(home)
        yield server
        server.stop()


def live_processes(server: Server) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline", "environ"])
        if "--live" in (process.info["cmdline"] or [])
        and (process.info["environ"] or {}).get("CONTROL_ROOM_HOME") == str(server.home)
    ]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_takes_everything_with_it_when_it_is_stopped(own_server: Server, ending: signal.Signals):
    own_server.start()
    wait_until(lambda: bool(live_processes(own_server)), 20, "the demo was not kept going")
    own_server.process.send_signal(ending)
    own_server.process.wait(20)
    assert not live_processes(own_server)
    assert not EmbeddedWarehouse(own_server.home).is_running()


def test_after_a_kill_it_starts_again_with_all_it_had(own_server: Server):
    before = own_server.run("measure", "episodes", "--last", "90d", "--format", "csv")
    own_server.start()
    own_server.kill()
    # The demo's process notices that it is alone; the warehouse waits for whoever comes next.
    wait_until(lambda: not live_processes(own_server), 20, "the demo's process stayed")
    own_server.start()
    after = own_server.run("measure", "episodes", "--last", "90d", "--format", "csv")
    assert float(after.splitlines()[1].split(",")[2]) >= float(before.splitlines()[1].split(",")[2])


def test_a_taken_port_is_one_line(own_server: Server):
    own_server.start()
    second = Server(own_server.home)
    second.port = own_server.port
    second.launch()
    assert second.process.wait(20) == 1
    assert "error: Port" in second.log()
    assert "Traceback" not in second.log()
