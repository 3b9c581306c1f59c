"""The recipe of a change of the contract, done to the letter, on a warehouse that has rows."""

import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Warehouse, at, conversation
from tests.recipes import Copy, blocks

_UPSERT = """
from dashboard.postgres.bulk import upsert
from dashboard.postgres.engines import write_connection
with write_connection() as connection:
    (row,) = connection.execute("select account_id, conversation_id, thread_id from conversations")
    assert row == ("a1", "c1", None), row
    known = {"account_id": "a1", "source": "helpdesk", "channel": "chat", "started_at": "2026-03-02Z"}
    known |= {"is_excluded": False, "times_placed": False}
    upsert(connection, "conversations", [{**known, "conversation_id": "c2", "thread_id": "t1"}])
"""
_MIGRATION_TESTS = "tests/postgres/test_migrations.py"


@pytest.fixture(scope="module")
def changed(
    new_warehouse: Callable[[str], Warehouse], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Copy, Warehouse]:
    """The project with the change, and a warehouse of before it, with a conversation in it."""
    warehouse = new_warehouse("contract")
    warehouse.add("conversations", [conversation(1, at(1))])
    copy = Copy(tmp_path_factory.mktemp("recipe") / "project")
    (migration, text), (contract, column), (again, index) = blocks("A change of the contract")
    copy.write(migration, text)
    assert contract == again == "queries/contract.sql"
    copy.insert(contract, column, "    subject text,\n")
    copy.insert(contract, index, "\ncreate index if not exists spans_started")
    return copy, warehouse


def test_check_names_what_is_missing_until_init_and_the_rows_stay(
    changed: tuple[Copy, Warehouse],
):
    copy, warehouse = changed
    with pytest.raises(AssertionError) as failed:
        copy.run("-m", "dashboard", "check")
    faults = [line for line in str(failed.value).splitlines() if line.startswith("fault")]
    assert faults == [
        "fault  support.conversations.thread_id is missing; expected type text;"
        " `python -m dashboard init` makes it",
        "fault  schema support lacks migration 0002_thread: `python -m dashboard init` applies it",
        "fault  support.conversations lacks the index conversations_thread:"
        " `python -m dashboard init` builds it",
    ]
    assert "support: 0002_thread applied." in copy.run("-m", "dashboard", "init")
    assert "migrations: control_room 0002, support 0002" in copy.run("-m", "dashboard", "check")
    copy.run("-c", _UPSERT)
    with psycopg.connect(warehouse.url) as connection:
        (threads,) = connection.execute(
            "select array_agg(thread_id order by conversation_id) from support.conversations"
        ).fetchone() or ([],)
    assert threads == [None, "t1"]


def test_the_tests_of_the_migrations_hold_with_it(changed: tuple[Copy, Warehouse]):
    copy, _ = changed
    copy.run(
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        _MIGRATION_TESTS,
        "-k",
        "same_tables or harm",
    )


@pytest.mark.skipif("TEST_WAREHOUSE_URL" in os.environ, reason="a server of its own suffices")
def test_a_change_in_one_of_the_two_files_alone_is_found(tmp_path: Path):
    copy = Copy(tmp_path / "project")
    (_, _), (contract, column), _ = blocks("A change of the contract")
    copy.insert(contract, column, "    subject text,\n")
    with pytest.raises(AssertionError, match="thread_id"):
        copy.run(
            "-m", "pytest", "-q", "-p", "no:cacheprovider", _MIGRATION_TESTS, "-k", "same_tables"
        )
