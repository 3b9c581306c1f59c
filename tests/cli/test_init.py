"""`init`: every table, as often as it is run; on Citus each where its customer's rows are."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dashboard.__main__ import main
from dashboard.postgres import migrations
from dashboard.postgres.contract import relations
from dashboard.postgres.engines import dispose_engines
from tests.databases import Databases

PLACED = """
    select table_name::text, citus_table_type, distribution_column, colocation_id
    from public.citus_tables order by 1
"""


@pytest.fixture
def database(server: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty database without a table, which the product is pointed at."""
    name = f"cli_test_init_{os.getpid()}"
    url = server.make(name)
    monkeypatch.setenv("WAREHOUSE_URL", url)
    dispose_engines()
    yield url
    monkeypatch.undo()
    dispose_engines()
    server.drop(name)


@pytest.fixture
def citus(server: Databases, database: str) -> str:
    if not server.is_citus:
        pytest.skip("needs a Citus coordinator in TEST_WAREHOUSE_URL")
    return database


def rows(url: str, statement: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def tables(url: str) -> set[str]:
    found = rows(url, "select tablename from pg_tables where schemaname = 'support'")
    return {name for (name,) in found}


def test_it_creates_every_table_and_leaves_them_alone_the_next_time(database: str, capsys):
    assert main(["init"]) == 0
    assert tables(database) == set(relations())
    rows(database, "insert into support.accounts (account_id, name) values ('a1', 'Acme')")
    assert main(["init"]) == 0
    assert rows(database, "select name from support.accounts") == [("Acme",)]
    assert capsys.readouterr().err == ""


def indexes(url: str) -> set[str]:
    found = rows(url, "select indexname from pg_indexes where schemaname = 'support'")
    return {name for (name,) in found}


@pytest.mark.parametrize("command", [["init"], ["init", "--distributed"]])
@pytest.mark.parametrize("is_older", [True, False])
def test_what_is_gone_is_made_again_and_what_an_older_version_had_is_dropped(
    server: Databases, database: str, command: list[str], is_older: bool
):
    if "--distributed" in command and not server.is_citus:
        pytest.skip("needs a Citus coordinator in TEST_WAREHOUSE_URL")
    assert main(command) == 0
    wanted = indexes(database)
    with psycopg.connect(database, autocommit=True, options="-c search_path=support") as held:
        for name in ("conversations_excluded_key", "conversations_excluded_by_start"):
            held.execute(f"drop index {name}")
        if is_older:
            # Before there were migrations nothing said what had been applied.
            held.execute("drop table control_room.migrations")
            held.execute("create index conversations_excluded on conversations (account_id)")
    assert indexes(database) != wanted
    assert main(command) == 0
    assert indexes(database) == wanted


def test_without_citus_distributing_is_one_line_and_creates_nothing(
    server: Databases, database: str, capsys: pytest.CaptureFixture
):
    if server.is_citus:
        rows(database, "drop extension citus")
    assert main(["init", "--distributed"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Citus is not installed" in error
    assert "create extension citus" in error
    assert tables(database) == set()


def test_help_has_examples(capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit):
        main(["init", "--help"])
    assert "python -m dashboard init --distributed" in capsys.readouterr().out


def test_on_citus_what_has_an_account_lies_together_and_catalogues_everywhere(citus: str, capsys):
    assert main(["init", "--distributed"]) == 0
    first = capsys.readouterr().out
    assert "support.spans: now distributed by account_id" in first
    assert "support.articles: now on every node" in first
    placed = rows(citus, PLACED)
    with_account = {
        f"support.{name}"
        for name, relation in relations().items()
        if "account_id" in relation.column_names()
    }
    distributed = {name: rest for name, *rest in placed if rest[0] == "distributed"}
    assert with_account <= set(distributed)
    assert {column for _, column, _ in distributed.values()} == {"account_id"}
    assert len({group for _, _, group in distributed.values()}) == 1
    others = {name: kind for name, kind, *_ in placed if name not in distributed}
    assert others == {"support.articles": "reference", "support.changes": "reference"}
    assert main(["init", "--distributed"]) == 0
    assert " now " not in capsys.readouterr().out
    assert rows(citus, PLACED) == placed


def test_on_citus_rows_that_are_there_move_along(citus: str):
    assert main(["init"]) == 0
    rows(
        citus,
        "insert into support.accounts (account_id, name)"
        " select 'a' || n, 'Account ' || n from generate_series(1, 100) as n",
    )
    assert main(["init", "--distributed"]) == 0
    assert rows(citus, "select count(*) from support.accounts") == [(100,)]
    on_shards = rows(
        citus,
        "select result::int from run_command_on_shards("
        "'support.accounts', 'select count(*) from %s')",
    )
    assert sum(count for (count,) in on_shards) == 100
    assert sum(count > 0 for (count,) in on_shards) > 1


@pytest.mark.parametrize(
    "placing",
    [
        "create_distributed_table('support.evaluations', 'account_id', colocate_with => 'none')",
        "create_reference_table('support.evaluations')",
    ],
    ids=["apart", "everywhere"],
)
def test_on_citus_a_table_placed_another_way_is_named(citus: str, placing: str, capsys):
    assert main(["init"]) == 0
    rows(citus, "select create_distributed_table('support.conversations', 'account_id')")
    rows(citus, f"select {placing}")
    assert main(["init", "--distributed"]) == 1
    error = capsys.readouterr().err
    assert "support.evaluations" in error
    assert "undistribute_table" in error


def test_on_citus_an_upgrade_reaches_every_node_and_places_new_tables(
    citus: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    assert main(["init", "--distributed"]) == 0
    rows(
        citus,
        "insert into support.accounts (account_id, name)"
        " select 'a' || n, 'Account ' || n from generate_series(1, 100) as n",
    )
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    number = len(migrations.known(migrations.CONTRACT)) + 1
    (folder / migrations.CONTRACT / f"{number:04}_tier.sql").write_text(
        "alter table accounts add column if not exists tier text default 'none';"
        " create index if not exists accounts_tier on accounts (tier);"
        " create table if not exists contacts (account_id text, name text);"
    )
    monkeypatch.setattr(migrations, "FOLDER", folder)
    assert main(["init"]) == 0
    assert rows(citus, "select tier, count(*) from support.accounts group by tier") == [
        ("none", 100)
    ]
    placed = {name: rest for name, *rest in rows(citus, PLACED)}
    assert placed["support.contacts"] == placed["support.accounts"]
