"""Disks without room, as the kernel says it: a small file system that fills up, a file that cannot grow."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.faults.conftest import Breakable

_MEGABYTES = 64


class SmallDisk:
    """A file system of some megabytes; `fill` takes its room, `empty` gives it back."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    @property
    def room(self) -> int:
        """Bytes that are free."""
        found = os.statvfs(self._filler.parent)
        return found.f_bavail * found.f_frsize

    def fill(self, leaving: int) -> None:
        """Take all room but so many bytes."""
        with open(self._filler, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, self.room - leaving)

    def empty(self) -> None:
        self._filler.unlink()


@contextmanager
def small_disk(warehouse: Breakable) -> Iterator[SmallDisk]:
    """New tables of the warehouse lie on a small disk of their own; schema control_room goes with it.

    The test is skipped where no file system may be mounted.
    """
    folder = warehouse.folder / "small-disk"
    folder.mkdir()
    owner = warehouse.data.stat()
    options = f"size={_MEGABYTES}m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "control-room", str(folder)],
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        folder.rmdir()
        reason = str(getattr(error, "stderr", error)).splitlines()[0]
        pytest.skip(f"no file system can be mounted here: {reason}")
    try:
        with _tables_in(warehouse, folder):
            yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def _tables_in(warehouse: Breakable, folder: Path) -> Iterator[None]:
    with psycopg.connect(warehouse.url, autocommit=True) as connection:
        connection.execute(f"create tablespace small location '{folder}'")
        connection.execute("alter database postgres set default_tablespace = small")
        try:
            yield
        finally:
            connection.execute("alter database postgres reset default_tablespace")
            connection.execute("drop schema if exists control_room cascade")
            connection.execute("drop tablespace small")


@contextmanager
def full_table(warehouse: Breakable, table: str) -> Iterator[None]:
    """The empty `table` finds no room to grow, until the block ends.

    Whoever has read it keeps its file open: connect anew afterwards.
    """
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = warehouse.data / warehouse.value(f"select pg_relation_filepath('{table}')")
    assert path.stat().st_size == 0, f"{table} is not empty"
    aside, full = path.with_suffix(".aside"), path.with_suffix(".full")
    os.link(path, aside)
    full.symlink_to("/dev/full")
    full.replace(path)
    try:
        yield
    finally:
        aside.replace(path)
