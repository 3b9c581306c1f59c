"""The warehouse's inspection with what is known of the rollups: what `check` and *Data health* report."""

from dashboard.errors import WarehouseError
from dashboard.postgres.inspection import Inspection, inspect
from dashboard.rollups.failures import rollup_failures
from dashboard.rollups.usable_days import usable_days


def inspect_all(deep: bool = False) -> Inspection:
    """As `inspect`, and whether rollups may be used. Never raises for a fault of the warehouse."""
    found = inspect(deep)
    try:
        _note_rollups(found)
    except WarehouseError as error:
        if str(error) not in found.faults:
            found.faults.append(str(error))
    return found


def _note_rollups(found: Inspection) -> None:
    found.faults += map(str, rollup_failures())
    days = usable_days()
    if days is None:
        found.notes.append("rollups: none; long windows are read from the facts")
        return
    kept = sum(map(len, days.by_group.values()))
    found.notes.append(f"rollups: {kept:,} days of sums may be used, cut in {days.time_zone}")
