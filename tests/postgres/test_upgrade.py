"""A warehouse of version 0.1.0, with its rows, under this version: by `init` and by the launcher."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import psycopg
import pytest

from dashboard.__main__ import main
from dashboard.cli.run import bring_up_to_date
from dashboard.metrics.registry import METRICS
from dashboard.postgres.contract import relations
from dashboard.postgres.embedded import EmbeddedWarehouse
from dashboard.postgres.engines import dispose_engines
from dashboard.postgres.inspection import inspect
from dashboard.query.measure import measure
from dashboard.rollups.builder import roll_up
from dashboard.rollups.usable_days import clear_days_cache
from dashboard.scope import Scope
from tests.browser.serving import Server
from tests.conftest import Warehouse, at
from tests.postgres.catalogue import catalogue
from tests.postgres.earlier import fill, make_tables

END = at(14)
WEEK = Scope(at(0, days=-5), END, END)


@pytest.fixture
def older(database: Callable[[str], Warehouse]) -> Warehouse:
    made = database("older")
    make_tables(made.url)
    fill(END)
    return made


def every_row(url: str) -> dict[str, list[str]]:
    """Every row of the contract and of what people and the demo keep, as text."""
    names = [f"support.{name}" for name in relations()]
    names += ["control_room.views", "control_room.demo"]
    with psycopg.connect(url) as connection:
        return {
            name: sorted(line for (line,) in connection.execute(f"select t::text from {name} as t"))
            for name in names
        }


def every_figure() -> pd.DataFrame:
    clear_days_cache()
    return measure(list(METRICS), WEEK)


def assert_the_rollups_say_so_too(figures: pd.DataFrame) -> None:
    """Exactly, but for quantiles, which are read from a histogram."""
    found = every_figure()
    is_quantile = figures["metric"].str.startswith("latency_")
    assert is_quantile.any()
    pd.testing.assert_frame_equal(found[~is_quantile], figures[~is_quantile])
    pd.testing.assert_frame_equal(found[is_quantile], figures[is_quantile], rtol=0.025)


def test_init_keeps_every_row_and_figure(older: Warehouse, database, capsys):
    rows, figures = every_row(older.url), every_figure()
    assert len(rows["support.conversations"]) > 300
    assert len(rows["support.spans"]) > 300
    assert len(rows["control_room.views"]) == 1
    assert figures["value"].notna().sum() > 20

    assert main(["init"]) == 0
    assert "support: 0001_version_0_1_0 applied." in capsys.readouterr().out
    assert every_row(older.url) == rows
    pd.testing.assert_frame_equal(every_figure(), figures)
    assert inspect().faults == []

    assert main(["init"]) == 0
    assert "applied" not in capsys.readouterr().out
    assert every_row(older.url) == rows

    # What version 0.1.0 had summed is of no use, and in nobody's way.
    done = roll_up()
    assert done and done.days
    assert_the_rollups_say_so_too(figures)
    assert every_row(older.url) == rows
    upgraded = catalogue(older.url)

    fresh = database("fresh")
    assert main(["init"]) == 0
    assert roll_up()
    assert catalogue(fresh.url) == upgraded


def test_the_rollups_alone_bring_their_own_tables_up(older: Warehouse):
    """`rollup` of this version, before anybody ran `init`."""
    figures = every_figure()
    assert roll_up()
    assert_the_rollups_say_so_too(figures)
    assert [note for note in inspect().notes if note == "migrations: control_room 0002"]


@pytest.fixture
def home() -> Iterator[Path]:
    # Under /tmp itself: as root the server's own user must be able to reach its folder.
    folder = Path("/tmp") / f"control-room-upgrade-{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_the_launcher_upgrades_its_own_warehouse(home: Path, monkeypatch: pytest.MonkeyPatch):
    warehouse = EmbeddedWarehouse(home)
    url = warehouse.start()
    make_tables(url)
    monkeypatch.setenv("WAREHOUSE_URL", url)
    dispose_engines()
    fill(END)
    rows, figures = every_row(url), every_figure()
    room = Server(home, CONTROL_ROOM_DEMO="0", CONTROL_ROOM_ROLLUPS="0")
    try:
        room.start()
        assert "support: 0001_version_0_1_0 applied." in room.log()
        assert every_row(url) == rows
        pd.testing.assert_frame_equal(every_figure(), figures)
        assert inspect().faults == []
        room.stop()
        room.start()
        assert room.log().count("0001_version_0_1_0 applied.") == 2  # One for each schema.
    finally:
        room.stop()
        monkeypatch.undo()
        dispose_engines()
        warehouse.release()


def test_the_launcher_leaves_the_tables_of_a_team_alone(older: Warehouse, capsys):
    before = catalogue(older.url)
    bring_up_to_date()
    assert catalogue(older.url) == before
    assert capsys.readouterr().err == ""


@pytest.fixture
def reader(older: Warehouse) -> Iterator[str]:
    """The URL of a role that may read and nothing else."""
    older.run("drop role if exists only_reads")
    older.run("create role only_reads login")
    older.run("grant usage on schema support to only_reads")
    older.run("grant select on all tables in schema support to only_reads")
    yield older.url.replace("postgres@", "only_reads@")
    older.run("drop owned by only_reads")
    older.run("drop role only_reads")


def test_who_may_not_change_the_tables_is_told_so(
    older: Warehouse, reader: str, monkeypatch: pytest.MonkeyPatch, capsys
):
    rows, before = every_row(older.url), catalogue(older.url)
    monkeypatch.setenv("WAREHOUSE_URL", reader)
    dispose_engines()
    assert main(["init"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: This user may not change tables in the warehouse: ")
    assert error.count("\n") == 1
    assert "Set WAREHOUSE_WRITE_URL" in error
    assert catalogue(older.url) == before
    assert every_row(older.url) == rows


def test_who_only_reads_is_not_kept_from_reading(
    older: Warehouse, reader: str, monkeypatch: pytest.MonkeyPatch, capsys
):
    """A warehouse that `init` made and whose next migration somebody else has to apply."""
    figures = every_figure()
    assert main(["init"]) == 0
    older.run("grant usage on schema control_room to only_reads")
    older.run("delete from control_room.migrations where schema_name = 'support'")
    older.run(
        "insert into control_room.migrations (schema_name, number, name, product_version)"
        " values ('support', 0, 'before_all', '0.0.9')"
    )
    capsys.readouterr()
    monkeypatch.setenv("WAREHOUSE_URL", reader)
    dispose_engines()
    bring_up_to_date()
    said = capsys.readouterr().err
    assert said.startswith("The warehouse is of an earlier version and this user may not change it")
    assert said.count("\n") == 1
    pd.testing.assert_frame_equal(every_figure(), figures)
    assert [fault for fault in inspect().faults if "0001_version_0_1_0" in fault]


def test_a_warehouse_that_does_not_answer_stops_no_launcher(monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/none")
    dispose_engines()
    bring_up_to_date()
    assert capsys.readouterr().err.startswith("The warehouse is not responding.")
    monkeypatch.undo()
    dispose_engines()
