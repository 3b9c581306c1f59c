"""The live process brings a demo to where a later fill would be, and can be stopped at any time."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psutil
import psycopg
import pytest

from dashboard.errors import ControlRoomError
from dashboard.postgres.bulk import Loaded
from dashboard.postgres.contract import relations
from dashboard.postgres.engines import write_connection
from dashboard.settings import PROJECT_ROOT
from dashboard.sources.demo import LIVE_ARGV, World, anchor_for, fill
from dashboard.sources.demo.live import advance, catch_up
from dashboard.sources.demo.marker import held
from tests.conftest import Warehouse
from tests.waiting import wait_until

UNTIL = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
WORLD = World(anchor_for(UNTIL), seed=11, accounts=100, episodes=1_500, days=5)
PATIENCE = 30.0


def rows() -> dict[str, list]:
    """Every row of the contract, without when it was loaded."""
    found = {}
    with write_connection() as connection:
        for name, relation in relations().items():
            columns = [column for column in relation.column_names() if column != "loaded_at"]
            found[name] = connection.execute(
                f"select {', '.join(columns)} from {name} order by {', '.join(relation.key)}"
            ).fetchall()
    return found


def test_steps_lead_to_what_a_later_fill_holds(new_warehouse: Callable[[str], Warehouse]) -> None:
    end = UNTIL + timedelta(hours=26)
    new_warehouse("later")
    fill(WORLD, end, lambda *_: None)
    expected = rows()
    new_warehouse("steps")
    fill(WORLD, UNTIL, lambda *_: None)
    with write_connection() as connection:
        reached = UNTIL
        for step in (
            timedelta(seconds=2),
            timedelta(minutes=7),
            timedelta(hours=5),
            timedelta(days=2),
        ):
            following = min(end, reached + step)
            advance(connection, WORLD, reached, following)
            reached = following
        present = held(connection)
    assert present and present.filled_until == end
    assert rows() == expected


def test_the_same_step_again_changes_nothing(new_warehouse: Callable[[str], Warehouse]) -> None:
    new_warehouse("again")
    fill(WORLD, UNTIL, lambda *_: None)
    with write_connection() as connection:
        first = advance(connection, WORLD, UNTIL, UNTIL + timedelta(hours=2))
        again = advance(connection, WORLD, UNTIL, UNTIL + timedelta(hours=2))
    assert first.inserted > 0 < first.updated
    assert again == Loaded(unchanged=first.inserted + first.updated + first.unchanged)


def test_what_arrives_live_is_stamped_with_now(new_warehouse: Callable[[str], Warehouse]) -> None:
    new_warehouse("stamped")
    fill(WORLD, UNTIL, lambda *_: None)
    with write_connection() as connection:
        before = connection.execute("select clock_timestamp()").fetchone()
        connection.commit()
        advance(connection, WORLD, UNTIL, UNTIL + timedelta(minutes=20))
        stamped = connection.execute(
            "select count(*) from conversations where loaded_at >= %s", before
        ).fetchone()
    assert stamped
    assert stamped[0] > 0


def test_a_gap_of_months_is_filled_as_far_back_as_the_history_reaches(
    new_warehouse: Callable[[str], Warehouse],
) -> None:
    small = World(WORLD.anchor, seed=11, accounts=60, episodes=150, days=5)
    new_warehouse("gap")
    fill(small, UNTIL, lambda *_: None)
    said: list[str] = []
    with write_connection() as connection:
        assert catch_up(connection, UNTIL + timedelta(days=100), said.append) == small
        months = connection.execute(
            "select count(distinct started_at::date) from conversations where started_at > %s",
            (UNTIL,),
        ).fetchone()
        late = connection.execute(
            "select count(*) from conversations where started_at between %s and %s",
            (UNTIL + timedelta(days=2, hours=18), UNTIL + timedelta(days=3, hours=12)),
        ).fetchone()
        open_for_months, open_at_the_end = (
            connection.execute(
                "select count(*) from conversations where ended_at is null and handoff_at is null"
                " and started_at < %s",
                (before,),
            ).fetchone()
            for before in (UNTIL, UNTIL + timedelta(days=80))
        )
        cut_short = connection.execute(
            "select count(*) from conversations left join messages"
            " using (account_id, conversation_id) where position is null"
            " or (position > 0 and not exists (select 1 from messages as first"
            " where first.account_id = conversations.account_id"
            " and first.conversation_id = conversations.conversation_id and first.position = 0))"
        ).fetchone()
    assert "90 days" in said[0]
    assert months
    assert 92 <= months[0] <= 100
    assert late == (0,)
    assert cut_short == (0,)
    assert open_for_months == open_at_the_end


def test_a_warehouse_without_a_demo_is_not_touched(
    new_warehouse: Callable[[str], Warehouse],
) -> None:
    new_warehouse("none")
    with write_connection() as connection, pytest.raises(ControlRoomError, match="no demo"):
        catch_up(connection, UNTIL, print)
    assert not any(rows().values())


@contextmanager
def live() -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(LIVE_ARGV, cwd=PROJECT_ROOT, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(statement: str) -> None:
    with write_connection() as connection:

        def holds() -> bool:
            found = connection.execute(statement).fetchone()
            connection.commit()
            return bool(found and found[0])

        wait_until(holds, PATIENCE, f"never true: {statement}")


HOLDS_LOCK = (
    "select exists (select 1 from pg_locks where locktype = 'advisory' and granted"
    " and database = (select oid from pg_database where datname = current_database()))"
)
CATCHES_UP = "select filled_until > now() - interval '1 minute' from control_room.demo"


@pytest.fixture
def running_world(new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    """A demo filled until ten minutes ago."""
    until = datetime.now(UTC) - timedelta(minutes=10)
    warehouse = new_warehouse("process")
    fill(
        World(anchor_for(until), seed=11, accounts=100, episodes=1_500, days=5),
        until,
        lambda *_: None,
    )
    return warehouse


@pytest.mark.usefixtures("running_world")
def test_the_process_catches_up_and_ends_on_sigterm() -> None:
    with live() as process:
        wait_for(CATCHES_UP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert process.stderr
        assert process.stderr.read() == ""
    with write_connection() as connection:
        future = connection.execute(
            "select count(*) from messages where sent_at > now()"
        ).fetchone()
    assert future == (0,)


@pytest.mark.usefixtures("running_world")
def test_a_second_process_waits_and_takes_over() -> None:
    with live() as first:
        wait_for(HOLDS_LOCK)
        with live() as second:
            assert second.stderr
            assert "Another process keeps the demo going" in second.stderr.readline()
            first.send_signal(signal.SIGTERM)
            assert first.wait(PATIENCE) == 0
            wait_for(HOLDS_LOCK)
            assert second.poll() is None


def test_the_process_outlives_a_broken_connection(running_world: Warehouse) -> None:
    with live() as process:
        wait_for(HOLDS_LOCK)
        with psycopg.connect(running_world.url, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert process.stderr
        line = process.stderr.readline()
        assert "Demo paused" in line
        assert "Traceback" not in line
        wait_for(HOLDS_LOCK)
        assert process.poll() is None


@pytest.mark.usefixtures("running_world")
def test_the_process_ends_with_its_parent() -> None:
    starter = (
        "import subprocess, sys\n"
        "from dashboard.sources.demo import LIVE_ARGV\n"
        "print(subprocess.Popen(LIVE_ARGV).pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", starter],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert parent.stdout
        child = int(parent.stdout.readline())
        wait_for(HOLDS_LOCK)
    finally:
        parent.kill()
        parent.wait()
    wait_until(lambda: not is_running(child), PATIENCE, "it outlived its parent")


def is_running(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
