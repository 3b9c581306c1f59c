"""Folders of a control room that is filled: each kind is filled once, and copied for whoever needs one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.postgres.embedded import EmbeddedWarehouse
from tests.browser.serving import Server
from tests.waiting import wait_until

SMALL = ("--accounts", "60", "--days", "10", "--episodes", "600")
"""A demo that is filled in a second or two."""


class Homes:
    """Copies of filled homes: a copy takes a tenth of what it takes to fill one."""

    def __init__(self) -> None:
        # Under /tmp itself: as root the server's own user must be able to reach its folder.
        self._folder = Path("/tmp") / f"control-room-homes-{os.getpid()}"
        self._originals: dict[tuple[str, ...], Path] = {}
        self._copies = 0

    @contextmanager
    def copy(self, *demo: str) -> Iterator[Path]:
        """A home whose warehouse holds a demo of those options, and its rollups; gone afterwards."""
        original = self._originals.get(demo) or self._fill(demo)
        self._copies += 1
        home = self._folder / f"copy-{self._copies}"
        # With its owner: as root the warehouse belongs to a user of its own.
        subprocess.run(["cp", "-a", str(original), str(home)], check=True)
        try:
            yield home
        finally:
            remove(home)

    def _fill(self, demo: tuple[str, ...]) -> Path:
        home = self._folder / f"original-{len(self._originals)}"
        home.mkdir(parents=True, mode=0o755)
        filling = Server(home)
        filling.run("simulate", *demo)
        filling.run("rollup")
        self._originals[demo] = home
        return home

    def remove_all(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def remove(home: Path) -> None:
    """Take a home away, once whatever a killed server left running in it has ended."""
    warehouse = EmbeddedWarehouse(home)
    if warehouse.is_running():
        # It ends with its last user: with this one, or with the demo's process that is ending.
        warehouse.start()
        warehouse.release()
        wait_until(lambda: not warehouse.is_running(), 20, f"somebody still uses {home}")
    shutil.rmtree(home)
