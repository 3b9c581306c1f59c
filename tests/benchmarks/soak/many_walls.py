"""Many walls at once: what they cost the server and the warehouse, and what they miss."""

import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager

from dashboard.postgres.embedded import EmbeddedWarehouse
from tests.benchmarks.soak.memory import Use, use_of
from tests.browser.serving import Server
from tests.network import Network
from tests.statement_log import StatementLog
from tests.walls import Walls


class Load:
    """A server with its warehouse behind a network, and what both did while a block ran."""

    def __init__(self, server: Server, network: Network, log: StatementLog) -> None:
        self.server, self.network, self.log = server, network, log

    @contextmanager
    def measured(self, name: str, walls: Walls, every: float):
        """Print what `walls` cost and got during the block."""
        before, began = use_of(self.server), time.monotonic()
        asked, connections = sum(wall.asked for wall in walls.walls), self.network.connections
        self.log.begin()
        yield
        seconds = time.monotonic() - began
        print(f"{name}: {len(walls.walls)} sessions, {seconds:.0f} s at {every:g} s")
        _print_use(before, use_of(self.server), seconds)
        intervals = seconds / every
        print(
            f"  an interval: {self.log.sets / intervals:.2f} sets, "
            f"{self.log.statements / intervals:.1f} statements, "
            f"{(self.network.connections - connections) / intervals:.2f} connections asked for"
        )
        _print_refreshes(walls, began, asked)


def watch_many(server: Server, count: int, every: float, intervals: int) -> None:
    """Print the load of one wall, of `count`, and of `count` while the warehouse is away."""
    warehouse = EmbeddedWarehouse(server.home)
    warehouse.start()
    with Network(warehouse) as network, StatementLog(warehouse) as log:
        # With an address of its own the server does not start the warehouse again by itself.
        server.settings["WAREHOUSE_URL"] = network.url
        server.start()
        load = Load(server, network, log)
        length = intervals * every
        with Walls(server) as one:
            one.wait_until(lambda wall: bool(wall.newest["wall"]), 60, "no figures")
            with load.measured("one wall", one, every):
                time.sleep(length)
        for name, spread in (("spread over the interval", every), ("all at one moment", 0.0)):
            with Walls(server, count, spread=spread) as walls:
                walls.wait_until(lambda wall: bool(wall.newest["wall"]), 60 + spread, "no figures")
                time.sleep(every)
                with load.measured(name, walls, every):
                    time.sleep(length)
                if spread:
                    _take_away(load, walls, every, length)
        server.stop()
    warehouse.release()


def _take_away(load: Load, walls: Walls, every: float, length: float) -> None:
    for name, away, back in (
        ("refusing connections", load.network.cut, _unset(load.network, "is_cut")),
        (
            "silent",
            lambda: setattr(load.network, "is_silent", True),
            _unset(load.network, "is_silent"),
        ),
    ):
        with load.measured(f"with the warehouse {name}", walls, every):
            away()
            time.sleep(length / 2)
            told = sum(bool(wall.newest["notice"]) for wall in walls.walls)
        back()
        began = time.monotonic()
        walls.wait_until(
            lambda wall: not wall.newest["notice"] and wall.newest["age"] < 2 * every,
            60 + 3 * every,
            "it did not come back",
        )
        print(f"  {told} say so; all back {time.monotonic() - began:.1f} s after the warehouse")


def _unset(network: Network, name: str) -> Callable[[], None]:
    return lambda: setattr(network, name, False)


def _print_use(before: Use, after: Use, seconds: float) -> None:
    own, theirs = after.server_cpu - before.server_cpu, after.warehouse_cpu - before.warehouse_cpu
    print(
        f"  CPU: server {100 * own / seconds:.1f} % of a core ({own:.1f} s), "
        f"PostgreSQL {100 * theirs / seconds:.1f} %; "
        f"server {after.server / 1024:.0f} MiB, {after.threads} threads; "
        f"PostgreSQL's own {after.backends / 1024:.0f} MiB in {after.backend_count} processes"
    )


def _print_refreshes(walls: Walls, began: float, asked_before: int) -> None:
    found = [item for wall in walls.walls for item in wall.deliveries if item.at >= began]
    open_now = sum(len(wall.waiting) for wall in walls.walls)
    asked = sum(wall.asked for wall in walls.walls) - asked_before
    took = sorted(1000 * item.took for item in found)
    ages = [item.age for item in found if item.age is not None]
    if len(took) < 2 or not ages:
        print(f"  asked for {asked}, delivered {len(found)}")
        return
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"  refreshes asked for {asked}, delivered {len(found)}, under way {open_now}; "
        f"latency p50 {statistics.median(took):.0f} ms, p95 {p95:.0f} ms, most {took[-1]:.0f} ms; "
        f"figures' age p50 {statistics.median(ages):.1f} s, most {max(ages):.1f} s"
    )
