"""How many rows `check` says there are: counted where they are few, told about where they are many."""

from dashboard.rollups.inspection import inspect_all
from tests.conftest import Warehouse
from tests.databases import Databases

MANY = 123_456
FILL = (
    "insert into {0} (account_id, name) select 'a' || i, 'Account'"
    f" from generate_series(1, {MANY}) as i"
)


def told(relation: str, deep: bool = False) -> str:
    found = inspect_all(deep)
    assert not found.faults
    line = next(note for note in found.notes if note.startswith(f"{relation}: "))
    return line.split(" match the contract, ")[1]


def test_few_rows_are_counted(new_warehouse):
    made: Warehouse = new_warehouse("few")
    assert told("accounts") == "0 rows"
    made.add("accounts", [{"account_id": "a1", "name": "One"}])
    assert told("accounts") == "1 rows"
    # However few the planner remembers.
    made.run("analyze accounts")
    made.add("accounts", [{"account_id": "a2", "name": "Two"}])
    assert told("accounts") == "2 rows"


def test_many_are_told_about(new_warehouse, server: Databases):
    made = new_warehouse("many")
    made.run("alter table accounts set (autovacuum_enabled = false)")
    made.run(FILL.format("accounts"))
    assert told("accounts") == "more than 100,000 rows"
    made.run("analyze accounts")
    # The rows of a distributed table lie elsewhere; its own planner remembers none.
    about = "more than 100,000 rows" if server.is_citus else "about 120,000 rows"
    assert told("accounts") == about
    assert told("accounts", deep=True) == f"{MANY:,} rows"


def test_a_view_is_not_read_through_either(new_warehouse):
    made = new_warehouse("view")
    made.run("alter table accounts rename to customers")
    made.run("create view accounts as select * from customers")
    assert told("accounts") == "0 rows"
    made.run(FILL.format("customers"))
    assert told("accounts") == "more than 100,000 rows"
