"""A dimension over something that the warehouse does not have is named by `check` and on *Data health*."""

import pytest

from dashboard.metrics.dimension import Dimension
from dashboard.rollups import inspection
from dashboard.rollups.inspection import inspect_all
from tests.conftest import Warehouse

READABLE = Dimension(
    "band", "Band", "What it pays.", "case when accounts.monthly_revenue < 9 then 'a: b' end"
)
MISSING = Dimension("region", "Region", "Where it is.", "conversations.region")
SENSELESS = Dimension("worth", "Worth", "What it is worth.", "accounts.monthly_revenue + 'x'")


def faults(monkeypatch: pytest.MonkeyPatch, *dimensions: Dimension) -> list[str]:
    monkeypatch.setattr(inspection, "FILLED_IN", dimensions)
    return inspect_all().faults


def test_what_can_be_read_is_no_fault(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    assert faults(monkeypatch) == faults(monkeypatch, READABLE) == []


def test_what_cannot_be_read_is_named(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch):
    missing, senseless = faults(monkeypatch, READABLE, MISSING, SENSELESS)
    assert missing.startswith("The dimension 'region' cannot be read: ")
    assert "column conversations.region does not exist" in missing
    assert senseless.startswith("The dimension 'worth' cannot be read: ")


def test_it_is_not_asked_of_a_warehouse_that_is_broken_anyway(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
):
    warehouse.run("alter table conversations rename to elsewhere")
    found = faults(monkeypatch, MISSING)
    assert found and not any("dimension" in fault for fault in found)
