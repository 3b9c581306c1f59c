"""Migrations: every way to this version ends in the same tables, with every row that was there."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from dashboard.errors import WarehouseError
from dashboard.postgres import migrations
from dashboard.postgres.contract import relations
from dashboard.postgres.engines import dispose_engines, write_connection
from dashboard.postgres.inspection import inspect
from dashboard.postgres.migrations import CONTRACT, PARTS, known, migrate, restore
from dashboard.query_files import query_statements
from tests.postgres.catalogue import catalogue
from tests.postgres.earlier import make_tables

THREAD = "alter table conversations add column if not exists thread_id text"
WHOLE_CONTRACT = [str(migration) for migration in known(CONTRACT)]


def bring_up() -> list[str]:
    """What was applied, by name."""
    with write_connection() as connection:
        return [str(migration) for migration in migrate(connection)]


def columns(url: str, relation: str = "conversations") -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select column_name from information_schema.columns"
            " where table_schema = 'support' and table_name = %s",
            (relation,),
        )
        return {name for (name,) in found}


def run_files(url: str, *paths: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create schema support")
        connection.execute("create schema control_room")
        connection.execute("set search_path to support")
        for path in paths:
            for statement in query_statements(path):
                connection.execute(statement)


def test_fresh_upgraded_and_by_hand_are_the_same_tables(database):
    by_hand = database("by_hand")
    run_files(by_hand.url, "contract.sql", "control_room.sql")
    wanted = catalogue(by_hand.url)
    assert len(wanted) > 150

    fresh = database("fresh")
    assert len(bring_up()) == sum(len(known(part)) for part in PARTS)
    assert catalogue(fresh.url) == wanted

    older = database("older")
    make_tables(older.url)
    bring_up()
    # Rollups are derived: they are built by whoever keeps them up.
    older.run("drop table control_room.account_plans, control_room.failures")
    older.run("drop table control_room.resolved, control_room.silent_failures")
    assert catalogue(older.url) == wanted


def test_version_0_1_0_is_what_its_migration_makes(database):
    older = database("older")
    make_tables(older.url)
    fresh = database("fresh")
    with write_connection() as connection:
        connection.execute("create schema support")
        for statement in query_statements("migrations/contract/0001_version_0_1_0.sql"):
            connection.execute(statement)
    assert catalogue(fresh.url, "support") == catalogue(older.url, "support")


def test_again_changes_nothing_and_asks_for_no_right(database):
    made = database("again")
    bring_up()
    before = catalogue(made.url)
    made.run("create role onlooker login")
    made.run("grant usage on schema support, control_room to onlooker")
    with psycopg.connect(made.url.replace("postgres@", "onlooker@")) as connection:
        connection.execute("set search_path to support")
        connection.commit()
        assert migrate(connection) == []
    made.run("drop owned by onlooker")
    made.run("drop role onlooker")
    assert catalogue(made.url) == before


def test_it_does_no_harm_that_nobody_knows_what_was_applied(database):
    made = database("forgotten")
    bring_up()
    before = catalogue(made.url)
    made.add("accounts", [{"account_id": "a1", "name": "Acme"}])
    made.run("drop table control_room.migrations")
    assert len(bring_up()) == sum(len(known(part)) for part in PARTS)
    assert catalogue(made.url) == before
    made.run("drop schema control_room cascade")
    bring_up()
    assert catalogue(made.url) == before


def test_tables_that_are_gone_come_again_whatever_is_written(database):
    made = database("gone")
    bring_up()
    before = catalogue(made.url)
    made.run("drop schema support cascade")
    bring_up()
    assert catalogue(made.url) == before


def test_a_schema_of_another_name_has_its_own_count(database, monkeypatch):
    made = database("two")
    bring_up()
    monkeypatch.setenv("WAREHOUSE_SCHEMA", "helpdesk")
    dispose_engines()
    assert bring_up() == WHOLE_CONTRACT
    assert bring_up() == []
    other = catalogue(made.url, "helpdesk")
    assert {line.replace("helpdesk", "support") for line in other} == catalogue(made.url, "support")


def test_check_names_a_migration_that_is_missing_until_init(database, plant):
    made = database("pending")
    bring_up()
    assert inspect().faults == []
    plant(THREAD)
    (fault,) = inspect().faults
    assert fault.startswith(
        f"schema support lacks migration {len(WHOLE_CONTRACT) + 1:04}_planted: "
    )
    assert "`python -m dashboard init` applies it" in fault
    assert len(bring_up()) == 1
    assert "thread_id" in columns(made.url)
    assert inspect().faults == []


def test_a_newer_warehouse_is_refused_and_said(database, plant, monkeypatch):
    made = database("newer")
    bring_up()
    made.run(
        "insert into control_room.migrations (schema_name, number, name, product_version)"
        " values ('support', 7, 'of_the_future', '9.9.0')"
    )
    before = catalogue(made.url)
    with pytest.raises(
        WarehouseError, match=r"at migration 0007, of Control Room 9\.9\.0"
    ) as error:
        bring_up()
    assert "Upgrade Control Room" in error.value.hint
    assert any("Control Room 9.9.0" in fault for fault in inspect().faults)
    assert catalogue(made.url) == before


def test_a_migration_that_fails_is_named_and_leaves_the_one_before(database, plant):
    made = database("failing")
    plant(
        THREAD, "alter table messages add column tone text; alter table nowhere add column x text"
    )
    with pytest.raises(WarehouseError, match=r"0003_planted .*\"nowhere\" does not exist"):
        bring_up()
    assert "thread_id" in columns(made.url)
    assert "tone" not in columns(made.url, "messages")
    assert [fault for fault in inspect().faults if "0003_planted" in fault]


def test_two_at_once_apply_each_once(database, plant):
    made = database("at_once")
    slow = "select pg_sleep(0.3)"
    plant(f"{slow}; alter table conversations add column a text", f"{slow}; create table b (x int)")
    said: list[str] = []

    def one(_: int) -> list[str]:
        with write_connection() as connection:
            return [str(migration) for migration in migrate(connection, say=said.append)]

    with ThreadPoolExecutor(4) as pool:
        applied = [name for names in pool.map(one, range(4)) for name in names]
    assert len(applied) == sum(len(known(part)) for part in PARTS)
    assert "a" in columns(made.url)
    assert any("waiting" in line for line in said)


def test_what_others_use_is_not_waited_for_for_ever(database, plant, monkeypatch):
    made = database("in_use")
    bring_up()
    plant(THREAD)
    monkeypatch.setattr(migrations, "_LOCK_SECONDS", 1)
    with psycopg.connect(made.url) as reader:
        reader.execute("select count(*) from support.conversations")
        with pytest.raises(WarehouseError, match="for a table that others use"):
            bring_up()
    assert len(bring_up()) == 1


def test_a_schema_of_views_is_left_alone_and_told_what_it_lacks(database):
    own = database("views")
    own.run("create schema support")
    own.run("create schema helpdesk")
    own.run("create table helpdesk.tickets (team text, number text)")
    own.run(
        "create view accounts as select team as account_id, number as name from helpdesk.tickets"
    )
    before = catalogue(own.url, "support")
    assert {migration.split("_")[0] for migration in bring_up()} == {"0001", "0002"}
    with write_connection() as connection:
        restore(connection)
    assert catalogue(own.url, "support") == before
    faults = inspect().faults
    assert not [fault for fault in faults if "migration" in fault]
    assert (
        "support.accounts.plan is missing; expected type text;"
        " the view gives it as `null::text as plan`"
    ) in faults
    assert [fault for fault in faults if fault.startswith("support.spans is missing; make a view")]


def test_tables_of_a_team_are_told_what_to_add(database):
    own = database("own")
    run_files(own.url, "contract.sql")
    own.run("alter table spans drop column cost_usd")
    own.run("alter table conversations drop column is_excluded")
    own.run("drop index spans_loaded")
    found = inspect()
    assert sorted(found.faults) == [
        "support.conversations.is_excluded is missing; expected type boolean;"
        " `alter table support.conversations add column is_excluded boolean not null default false`"
        " makes it",
        "support.spans.cost_usd is missing; expected type numeric;"
        " `alter table support.spans add column cost_usd numeric` makes it",
    ]
    # Three of conversations went with the column.
    assert [note.split(",")[0] for note in found.notes if "indexes of the contract" in note] == [
        "conversations: without 3 indexes of the contract",
        "spans: without 1 indexes of the contract",
    ]


def test_an_index_that_is_gone_or_broken_is_named_and_made_again(database):
    made = database("indexes")
    bring_up()
    before = catalogue(made.url)
    made.run("drop index spans_loaded")
    made.run(
        "update pg_index set indisvalid = false where indexrelid = 'messages_body_words'::regclass"
    )
    assert inspect().faults == [
        "support.spans lacks the index spans_loaded: `python -m dashboard init` builds it",
        "the index support.messages_body_words does not answer, its building broke off:"
        " `drop index support.messages_body_words`, then `python -m dashboard init`",
    ]
    made.run("drop index messages_body_words")
    with write_connection() as connection:
        restore(connection)
    assert inspect().faults == []
    assert catalogue(made.url) == before


def test_a_transaction_is_not_committed_behind_its_back(database):
    database("busy")
    with write_connection() as connection:
        connection.execute("select 1")
        with pytest.raises(ValueError, match="no transaction"):
            migrate(connection)


@pytest.mark.parametrize("name", ["0003_later.sql", "0001_again.sql", "x.sql"])
def test_numbers_have_no_gap(plant, name):
    plant()
    (migrations.FOLDER / CONTRACT / name).write_text("select 1")
    with pytest.raises(ValueError, match="is not migration"):
        known(CONTRACT)


def test_every_relation_is_in_the_contract_s_migrations(database):
    made = database("relations")
    bring_up()
    for name, relation in relations().items():
        assert columns(made.url, name) == set(relation.column_names())
