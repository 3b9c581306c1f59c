"""The embedded PostgreSQL: shared by processes, stopped by the last, and no commit lost to a kill."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dashboard.errors import EmbeddedWarehouseFailed
from dashboard.postgres.embedded import EmbeddedWarehouse
from dashboard.settings import PROJECT_ROOT
from tests.present import present
from tests.waiting import wait_until

_USER = """
import sys, time
from pathlib import Path
from dashboard.postgres.embedded import open_embedded
open_embedded(Path(sys.argv[1]))
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path("/tmp") / f"control-room-embedded-{os.getpid()}-{time.monotonic_ns()}"
    yield path
    warehouse = EmbeddedWarehouse(path)
    warehouse.start()
    warehouse.release()
    shutil.rmtree(path)


def another_user(folder: Path) -> subprocess.Popen:
    user = subprocess.Popen(
        [sys.executable, "-c", _USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT_ROOT,
        text=True,
    )
    assert present(user.stdout).readline() == "started\n"
    return user


def write(url: str, value: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (value int)")
        connection.execute("insert into kept values (%s)", [value])


def read(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [value for (value,) in connection.execute("select value from kept order by value")]


def server_number(warehouse: EmbeddedWarehouse) -> int:
    return int((warehouse.data / "postmaster.pid").read_text().split("\n")[0])


def test_the_last_of_several_processes_stops_the_server(folder: Path):
    warehouse = EmbeddedWarehouse(folder)
    warehouse.start()
    other = another_user(folder)
    write(warehouse.url, 1)

    warehouse.release()
    assert warehouse.is_running(), "another process still uses it"

    other.communicate("")
    wait_until(lambda: not warehouse.is_running(), 20, "the server still runs")


def test_a_killed_user_does_not_keep_the_server_up(folder: Path):
    warehouse = EmbeddedWarehouse(folder)
    warehouse.start()
    other = another_user(folder)
    write(warehouse.url, 1)
    other.kill()
    other.wait()
    assert warehouse.is_running()

    warehouse.release()
    assert not warehouse.is_running()


def test_a_killed_server_comes_back_with_everything_committed(folder: Path):
    warehouse = EmbeddedWarehouse(folder)
    warehouse.start()
    write(warehouse.url, 1)
    killed = server_number(warehouse)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not warehouse.is_running(), 20, "the server still runs")

    warehouse.ensure_running()
    assert server_number(warehouse) != killed
    write(warehouse.url, 2)
    assert read(warehouse.url) == [1, 2]
    warehouse.release()


def test_a_process_number_that_now_belongs_to_somebody_else_does_not_block_the_start(folder: Path):
    warehouse = EmbeddedWarehouse(folder)
    warehouse.start()
    write(warehouse.url, 1)
    stale = (warehouse.data / "postmaster.pid").read_text()
    warehouse.release()
    number, rest = stale.split("\n", 1)
    assert number
    (warehouse.data / "postmaster.pid").write_text(f"{os.getpid()}\n{rest}")

    warehouse = EmbeddedWarehouse(folder)
    warehouse.start()
    assert read(warehouse.url) == [1]
    warehouse.release()


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EmbeddedWarehouseFailed, match="CONTROL_ROOM_HOME"):
        EmbeddedWarehouse(tmp_path / "file" / "home").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a server user of its own")
def test_no_permission_above_the_folder_is_loosened(tmp_path: Path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(EmbeddedWarehouseFailed):
        EmbeddedWarehouse(private / "home").start()
    assert private.stat().st_mode & 0o777 == 0o700
