"""What the filter bar offers."""

from datetime import datetime

from dashboard.scope import filter_text
from dashboard.warehouse.read import fetch, query


def filter_values(as_of: datetime) -> dict[str, list[str]]:
    """Filter → its values as text, the most frequent first; `(unknown)` where some are null."""
    found: dict[str, list[str]] = {}
    for row in fetch(query("lists/dimension_values.sql"), {"as_of": as_of}):
        found.setdefault(row["dimension"], []).append(filter_text(row["value"]))
    return found
