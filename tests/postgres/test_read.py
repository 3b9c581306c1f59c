"""What a refused statement is called: the warehouse's fault, or our own."""

import pytest
from sqlalchemy import text

from dashboard.errors import SchemaMismatch, WarehouseError
from dashboard.postgres.read import fetch
from tests.conftest import Warehouse


@pytest.fixture(scope="module")
def without_topic(warehouse: Warehouse) -> Warehouse:
    warehouse.run("alter table conversations drop column topic cascade")
    return warehouse


@pytest.mark.parametrize(
    "statement",
    [
        "select topic from conversations",
        "select c.topic from conversations as c",
        "select count(*) from control_room.rollup_state",
    ],
)
def test_what_the_contract_has_and_the_warehouse_lacks(without_topic: Warehouse, statement: str):
    with pytest.raises(SchemaMismatch, match="does not exist") as raised:
        fetch(text(statement))
    assert "check" in raised.value.hint


@pytest.mark.parametrize(
    "statement",
    [
        "select toppic from conversations",
        "select c.toppic from conversations as c",
        "select 1 from conversation",
    ],
)
def test_what_our_own_sql_has_wrong(without_topic: Warehouse, statement: str):
    with pytest.raises(WarehouseError, match="sent invalid SQL") as raised:
        fetch(text(statement))
    assert not isinstance(raised.value, SchemaMismatch)
