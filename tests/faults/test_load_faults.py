"""Loads that die, meet, or bring what cannot be read: nothing lost, nothing counted twice."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

from dashboard.settings import PROJECT_ROOT
from tests.faults.conftest import Breakable
from tests.sources.tau_entries import ASK, REPLY, function_answer, function_call, tau1
from tests.waiting import wait_until

_LOADER = "control-room-write"


def record(number: int) -> dict:
    """One conversation: two messages, a call and its answer."""
    call, answer = (
        function_call("get_order", f'{{"n": {number}}}'),
        function_answer("get_order", "{}"),
    )
    return tau1(ASK, REPLY, call, answer, task_id=number)


class Loading:
    """`python -m dashboard load tau` on a warehouse, as a person starts it, any number at a time."""

    def __init__(self, warehouse: Breakable, folder: Path) -> None:
        self.warehouse, self._folder = warehouse, folder

    def file(self, name: str, records: Sequence[object]) -> Path:
        path = self._folder / name
        path.write_text(json.dumps(records))
        return path

    def start(self, *files: Path) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "dashboard", "load", "tau", *map(str, files)],
            cwd=PROJECT_ROOT,
            env={"PATH": os.environ["PATH"], "WAREHOUSE_URL": self.warehouse.url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *files: Path) -> tuple[int, str, str]:
        return ended(self.start(*files))


def ended(process: subprocess.Popen) -> tuple[int, str, str]:
    """Exit code, output and errors of a load, once it has ended."""
    out, errors = process.communicate(timeout=90)
    return process.returncode, out, errors


@pytest.fixture(scope="module")
def own(broken: Callable[[str], Breakable]) -> Breakable:
    return broken("loads")


@pytest.fixture
def loading(own: Breakable, tmp_path: Path) -> Iterator[Loading]:
    yield Loading(own, tmp_path)
    own.ensure_running()
    own.run("drop schema if exists support cascade")


def counts_of_one_load(loading: Loading, records: Sequence[object]) -> dict[str, int]:
    """What one undisturbed load of `records` brings; the warehouse is empty before and after."""
    loading.run(loading.file("once.json", records))
    counts = loading.warehouse.counts()
    loading.warehouse.run(
        "truncate support.accounts, support.conversations, support.messages,"
        " support.spans, support.evaluations"
    )
    return counts


def test_a_loader_killed_half_way_leaves_nothing_and_loads_again(loading: Loading):
    records = [record(number) for number in range(300)]
    expected = counts_of_one_load(loading, records)
    path = loading.file("results.json", records)
    with loading.warehouse.held_back("spans"):
        # Conversations and messages are in by then, the spans are not.
        process = loading.start(path)
        wait_until(lambda: loading.warehouse.waits(_LOADER), 20, "the load does not get there")
        process.kill()
        process.wait()
    wait_until(lambda: not loading.warehouse.waits(_LOADER), 5, "its session stays")
    assert set(loading.warehouse.counts().values()) == {0}
    assert loading.run(path)[0] == 0
    assert loading.warehouse.counts() == expected


def test_a_warehouse_killed_half_way_is_one_line_and_loads_again(loading: Loading):
    first = [record(number) for number in range(20)]
    second = [record(number) for number in range(20, 60)]
    expected = counts_of_one_load(loading, first + second)
    files = [loading.file("first.json", first), loading.file("second.json", second)]
    assert loading.run(files[0])[0] == 0
    before = loading.warehouse.counts()
    with loading.warehouse.held_back("spans"):
        process = loading.start(*files)
        wait_until(lambda: loading.warehouse.waits(_LOADER), 20, "the load does not get there")
        loading.warehouse.kill()
    code, out, errors = ended(process)
    assert (code, out) == (1, "")
    assert errors.splitlines()[-1].startswith("error: The connection was lost during the load")
    assert "Traceback" not in errors
    loading.warehouse.ensure_running()
    assert loading.warehouse.counts() == before
    assert loading.run(*files)[0] == 0
    assert loading.warehouse.counts() == expected


def test_two_loaders_at_once_bring_what_one_brings(loading: Loading):
    mine = [record(number) for number in range(0, 80)]
    yours = [record(number) for number in reversed(range(40, 120))]
    expected = counts_of_one_load(loading, [record(number) for number in range(120)])
    files = [loading.file("mine.json", mine), loading.file("yours.json", yours)]
    with loading.warehouse.held_back("accounts"):
        both = [loading.start(path) for path in files]
        wait_until(lambda: loading.warehouse.waits(_LOADER, 2), 40, "they do not meet")
    assert [ended(process)[0] for process in both] == [0, 0]
    assert loading.warehouse.counts() == expected


def test_loaders_that_meet_in_an_empty_database_all_end_well(loading: Loading):
    files = [loading.file(f"{n}.json", [record(10 * n + k) for k in range(10)]) for n in range(4)]
    loading.warehouse.run("drop schema if exists support cascade")
    with psycopg.connect(loading.warehouse.url) as connection:
        # All of them find nothing there and wait to make it.
        connection.execute("create schema support")
        all_of_them = [loading.start(path) for path in files]
        wait_until(lambda: loading.warehouse.waits(_LOADER, 4), 40, "they do not meet")
        connection.rollback()
    outcomes = [ended(process) for process in all_of_them]
    assert [code for code, _, _ in outcomes] == [0] * 4, outcomes
    assert loading.warehouse.counts()["conversations"] == 40


MALFORMED: list[object] = [
    None,
    "text",
    17,
    [],
    {},
    {"task_id": 1},
    {"task_id": 2, "traj": "no list"},
    {"task_id": 3, "traj": [1, 2]},
    {"task_id": {"deep": 1}, "traj": []},
    {"traj": [{"role": "user", "content": "who?"}]},
]


def test_one_record_in_a_hundred_is_malformed(loading: Loading):
    records: list[object] = [record(number) for number in range(1000)]
    places = [100 * k + 7 for k in range(10)]
    whole = [found for place, found in enumerate(records) if place not in places]
    expected = counts_of_one_load(loading, whole)
    for place, malformed in zip(places, MALFORMED, strict=True):
        records[place] = malformed
    path = loading.file("results.json", records)
    code, out, errors = loading.run(path)
    assert (code, out) == (1, "990 conversations loaded from 1 file, 10 rejected.\n")
    # Each by its place, counted from one.
    refused = [line for line in errors.splitlines() if ": record " in line]
    assert [int(line.split(": record ")[1].split(":")[0]) for line in refused] == [
        place + 1 for place in places
    ]
    assert loading.warehouse.counts() == expected
    again = loading.run(path)
    assert "(0 rows new, 0 changed, " in again[2]
    assert loading.warehouse.counts() == expected
