"""The warehouse's inspection with dimensions and rollups: what `check` and *Data health* report."""

from sqlalchemy import text

from dashboard.errors import WarehouseError
from dashboard.metrics.dimension_sql import dimension_statement
from dashboard.metrics.dimensions import FILLED_IN
from dashboard.postgres.inspection import Inspection, inspect
from dashboard.postgres.read import fetch
from dashboard.rollups.failures import rollup_failures
from dashboard.rollups.usable_days import usable_days


def inspect_all(deep: bool = False) -> Inspection:
    """As `inspect`, whether the warehouse has what further dimensions read, and whether rollups may be used.

    Never raises for a fault of the warehouse.
    """
    found = inspect(deep)
    try:
        if not found.faults:
            _note_dimensions(found)
        _note_rollups(found)
    except WarehouseError as error:
        if str(error) not in found.faults:
            found.faults.append(str(error))
    return found


def _note_dimensions(found: Inspection) -> None:
    for one in FILLED_IN:
        try:
            fetch(text(dimension_statement(one)))
        except WarehouseError as error:
            found.faults.append(f"The dimension {one.key!r} cannot be read: {error.message}")


def _note_rollups(found: Inspection) -> None:
    found.faults += map(str, rollup_failures())
    days = usable_days()
    if days is None:
        found.notes.append("rollups: none; long windows are read from the facts")
        return
    kept = sum(map(len, days.by_group.values()))
    found.notes.append(f"rollups: {kept:,} days available, in time zone {days.time_zone}")
