"""Processes that migrate at the same moment, or die in the middle: every version is whole."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from dashboard.__main__ import main
from dashboard.postgres import migrations
from dashboard.settings import PROJECT_ROOT
from tests.conftest import Warehouse
from tests.postgres.catalogue import catalogue
from tests.postgres.earlier import make_tables
from tests.waiting import wait_until

_INIT = (
    "import sys; from pathlib import Path; from dashboard.postgres import migrations;"
    "migrations.FOLDER = Path(sys.argv[1]);"
    "from dashboard.__main__ import main; sys.exit(main(['init']))"
)
SLOW = (
    "alter table conversations add column if not exists half_way text;"
    " select pg_sleep({seconds});"
    " alter table conversations add column if not exists whole text"
)


def start_init(folder: Path) -> subprocess.Popen:
    """`init` of a product with the migrations of `folder`, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _INIT, str(folder)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_asleep(made: Warehouse) -> bool:
    return bool(value(made, "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"))


def value(made: Warehouse, query: str) -> object:
    with psycopg.connect(made.url) as connection:
        (found,) = connection.execute(query).fetchone() or (None,)
        return found


def applied(made: Warehouse) -> object:
    return value(
        made,
        "select array_agg(number order by number) from control_room.migrations"
        " where schema_name = 'support'",
    )


@pytest.fixture
def older(database: Callable[[str], Warehouse]) -> Warehouse:
    made = database("dying")
    make_tables(made.url)
    made.run("insert into accounts (account_id, name) values ('a1', 'Acme')")
    return made


def test_killed_half_way_it_is_of_the_version_before(older: Warehouse, plant, capsys):
    folder = plant(SLOW.format(seconds=60))
    process = start_init(folder)
    wait_until(lambda: is_asleep(older), 60, "the migration does not get there")
    process.kill()
    process.communicate()
    # The server finds out within seconds that nobody waits for it any more.
    wait_until(lambda: not is_asleep(older), 30, "its statement goes on")
    wait_until(
        lambda: (
            not value(
                older,
                "select count(*) from pg_stat_activity where application_name = 'control-room-write'",
            )
        ),
        10,
        "its session stays",
    )
    lines = catalogue(older.url, "support")
    assert not [line for line in lines if "half_way" in line or "whole" in line]
    assert applied(older) == [1]
    assert value(older, "select count(*) from support.accounts") == 1
    assert main(["check"]) == 1
    assert "lacks migration 0002_planted" in capsys.readouterr().out

    (migrations.FOLDER / "contract" / "0002_planted.sql").write_text(SLOW.format(seconds=0))
    migrations.query_text.cache_clear()
    assert main(["init"]) == 0
    assert applied(older) == [1, 2]
    assert value(older, "select count(*) from support.accounts") == 1
    assert main(["check"]) == 0


def test_processes_that_meet_apply_each_migration_once(older: Warehouse, plant):
    folder = plant(SLOW.format(seconds=1), SLOW.format(seconds=0))
    with psycopg.connect(older.url) as held:
        # All of them stand before the first migration, and begin it at the same moment.
        held.execute("select pg_advisory_xact_lock(hashtext(%s))", (migrations.LOCK,))
        processes = [start_init(folder) for _ in range(3)]
        waiting = (
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            " and application_name = 'control-room-write'"
        )
        wait_until(lambda: value(older, waiting) == 3, 60, "they do not meet")
    outcomes = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outcomes
    out = "".join(out for out, _ in outcomes)
    for name in ("support: 0001_version_0_1_0", "support: 0002_planted", "support: 0003_planted"):
        assert out.count(f"{name} applied.") == 1
    assert out.count("waiting for it") >= 3
    assert applied(older) == [1, 2, 3]
    assert main(["check"]) == 0
