"""`load tau` on the command line: what it says and how it ends."""

import argparse
import os
import sys

import pytest

from dashboard.cli.load import add_parser
from dashboard.errors import SchemaMismatch, WarehouseUnreachable
from dashboard.postgres.engines import dispose_engines
from tests.sources.tau_entries import ASK, REPLY, run, tau1, tau2


def load(*words: object) -> int:
    parser = argparse.ArgumentParser(prog="control-room")
    add_parser(parser.add_subparsers())
    chosen = parser.parse_args(["load", "tau", *map(str, words)])
    return chosen.run(chosen)


def test_good_files_end_well(tau_warehouse, capsys):
    first = tau_warehouse.file([tau1(ASK, REPLY)], "first.json")
    second = tau_warehouse.file(run(tau2(ASK), tau2(ASK, number=2)), "second.json")
    assert load(first, second) == 0
    shown = capsys.readouterr()
    assert shown.out == "3 conversations loaded from 2 files, 0 rejected.\n"
    assert shown.err.splitlines() == [
        # Account, conversation, two messages, evaluation.
        f"{first}: 1 conversation, 0 spans (5 rows new, 0 changed, 0 unchanged)",
        f"{second}: 2 conversations, 0 spans (8 rows new, 0 changed, 0 unchanged)",
    ]
    assert load(first) == 0
    assert "(0 rows new, 0 changed, " in capsys.readouterr().err


def test_a_refused_file_ends_badly_and_the_others_load(tau_warehouse, capsys):
    broken = tau_warehouse.file("[{", "broken.json")
    good = tau_warehouse.file([tau1(ASK), "junk"], "good.json")
    assert load(broken, good) == 1
    shown = capsys.readouterr()
    assert shown.out == "1 conversation loaded from 2 files, 2 rejected.\n"
    assert f"{broken}: is cut off" in shown.err
    assert f"{good}: record 2: is not an object." in shown.err
    assert tau_warehouse.row("select count(*) as n from conversations") == {"n": 1}


def test_on_a_terminal_one_line_shows_the_progress(tau_warehouse, capsys, monkeypatch):
    path = tau_warehouse.file([tau1(ASK)])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert load(path) == 0
    shown = capsys.readouterr().err
    assert shown.startswith("\r\x1b[Kresults.json: reading\r\x1b[Kresults.json: 1 row")
    assert shown.count("\n") == 1


def test_the_help_shows_examples(capsys):
    with pytest.raises(SystemExit) as ended:
        load("--help")
    assert ended.value.code == 0
    assert "python -m dashboard load tau runs/*.json" in capsys.readouterr().out


def test_without_files_it_says_what_is_missing(capsys):
    with pytest.raises(SystemExit) as ended:
        load()
    assert ended.value.code == 2
    assert "FILE" in capsys.readouterr().err


def test_an_empty_database_gets_the_contract_first(new_warehouse, tau_warehouse):
    fresh = new_warehouse("fresh")
    fresh.run("drop schema support cascade")
    assert load(tau_warehouse.file([tau1(ASK)])) == 0
    assert tau_warehouse.row("select count(*) as n from conversations") == {"n": 1}


def test_a_warehouse_that_lacks_a_column_is_one_clear_error(new_warehouse, tau_warehouse):
    path = tau_warehouse.file([tau1(ASK)])
    new_warehouse("partial").run("alter table conversations drop column times_placed")
    with pytest.raises(SchemaMismatch, match="times_placed"):
        load(path)


@pytest.fixture
def reader(tau_warehouse):
    tau_warehouse.run(
        "create role reader login; grant usage on schema support to reader;"
        "grant select on all tables in schema support to reader"
    )
    yield "reader"
    tau_warehouse.run("drop owned by reader; drop role reader")


def test_a_warehouse_that_may_not_be_written_is_one_clear_error(tau_warehouse, reader, monkeypatch):
    url = os.environ["WAREHOUSE_URL"]
    with monkeypatch.context() as changed:
        changed.setenv("WAREHOUSE_WRITE_URL", url.replace("postgres@", f"{reader}@"))
        dispose_engines()
        with pytest.raises(SchemaMismatch, match="may not write to the warehouse"):
            load(tau_warehouse.file([tau1(ASK)]))
    dispose_engines()


def test_a_warehouse_that_is_away_is_one_clear_error(tau_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_WRITE_URL", "postgresql://postgres@127.0.0.1:1/none")
    dispose_engines()
    with pytest.raises(WarehouseUnreachable):
        load(tau_warehouse.file([tau1(ASK)]))
