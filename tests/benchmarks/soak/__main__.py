"""How the wall holds out, measured: `make soak`, or `python -m tests.benchmarks.soak --help`.

With `--refreshes` one wall in a real browser for so many refreshes, memory sampled all along; with
`--walls` so many sessions at once, the same load with the warehouse gone in between. Nothing is
asserted: the figures are printed for a person to judge. It fills a small demo warehouse of its own and
removes it again, unless `--home` names a folder to keep.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from dashboard.postgres.embedded import EmbeddedWarehouse
from tests.benchmarks.soak.many_walls import watch_many
from tests.benchmarks.soak.one_wall import watch_one
from tests.browser.serving import Server

_DEMO = ("simulate", "--accounts", "200", "--days", "50", "--episodes", "8000")


def main() -> int:
    arguments = _arguments()
    home = arguments.home or Path("/tmp") / f"control-room-soak-{os.getpid()}"
    server = Server(home, REFRESH_SECONDS=str(arguments.every))
    if arguments.port:
        server.port = arguments.port
    try:
        server.run(*_DEMO)
        if arguments.walls:
            watch_many(server, arguments.walls, arguments.every, arguments.intervals)
        else:
            server.start()
            watch_one(server, arguments.refreshes, arguments.every, arguments.sample)
    finally:
        server.stop()
        if arguments.home is None:
            _stop_warehouse(home)
            shutil.rmtree(home, ignore_errors=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak", description=__doc__)
    parser.add_argument("--refreshes", type=int, default=7200, help="default: %(default)s")
    parser.add_argument("--walls", type=int, help="so many sessions instead of one browser")
    parser.add_argument(
        "--every", type=float, default=0.5, help="seconds between refreshes, default: %(default)s"
    )
    parser.add_argument(
        "--intervals",
        type=int,
        default=12,
        help="with --walls: for each part, default: %(default)s",
    )
    parser.add_argument(
        "--sample", type=float, default=30.0, help="seconds between samples, default: %(default)s"
    )
    parser.add_argument("--port", type=int, help="default: a free one")
    parser.add_argument("--home", type=Path, help="a folder to keep, default: one that is removed")
    return parser.parse_args()


def _stop_warehouse(home: Path) -> None:
    # A server that was killed left it running; it ends with its last user.
    warehouse = EmbeddedWarehouse(home)
    warehouse.start()
    warehouse.release()


if __name__ == "__main__":
    sys.exit(main())
