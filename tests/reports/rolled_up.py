"""Sums of what a test has filled in, to hold what is read from them against the facts."""

from dashboard.query.measure import measure
from dashboard.query.read_from import Reading
from dashboard.rollups.builder import roll_up
from dashboard.rollups.usable_days import clear_days_cache
from dashboard.scope import Scope
from tests.conftest import Warehouse
from tests.rollups.shares import shares


def build_sums(warehouse: Warehouse, scope: Scope) -> None:
    """Take those of all days. That they answer `scope` is made sure of."""
    for relation in ("conversations", "spans"):
        warehouse.run(f"update {relation} set loaded_at = now() - interval '1 day'")
    roll_up()
    clear_days_cache()
    assert shares(measure(["episodes"], scope, reading=Reading.ROLLUPS))["episodes"] > 0.5
