"""How many rows there are to read: facts by what rollups counted, sums by what PostgreSQL counted."""

import threading
import time
from datetime import timedelta

from dashboard.postgres.read import fetch, query
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.rollups.group import Rollup, RollupGroup
from dashboard.rollups.table import TimeRange
from dashboard.rollups.usable_days import Days
from dashboard.settings import settings

_KEPT_SECONDS = 300.0
_SUMS_A_ROW = 0.4
"""Sums for each row of the fact, where PostgreSQL has not counted them: as many as there are at worst."""

_counted: dict[str, tuple[float, dict[str, float]]] = {}
_guard = threading.Lock()


def fact_rows(fact: str, days: Days, ranges: list[TimeRange]) -> float:
    """How many rows of `fact` to expect in `ranges`: as many a day as on the days that are built."""
    group = next((g for g in ROLLUP_GROUPS if g.fact.key == _counted_as(fact)), None)
    return _a_second(group.key, days, ranges) * _seconds(ranges) if group else 0.0


def sums_rows(group: RollupGroup, rollup: Rollup, days: Days, ranges: list[TimeRange]) -> float:
    """How many sums of `rollup` to expect in `ranges`. The errors of `fetch` pass through."""
    built = days.by_group.get(group.key, [])
    counted = _table_rows().get(rollup.table, -1.0)
    if counted < 0:
        return _SUMS_A_ROW * _a_second(group.key, days, ranges) * _seconds(ranges)
    return counted / max(len(built), 1) * _seconds(ranges) / timedelta(days=1).total_seconds()


def clear_volumes_cache() -> None:
    """Count anew at the next question."""
    with _guard:
        _counted.clear()


def _counted_as(fact: str) -> str:
    # A base is counted over the same rows as the fact it is a base of.
    return "episodes" if fact == "involvement" else fact


def _a_second(group: str, days: Days, ranges: list[TimeRange]) -> float:
    """Rows of a second within `ranges`; of all time, where none of it is built."""
    since, until = ranges[0][0], ranges[-1][1]
    built = days.by_group.get(group, [])
    near = [day for day in days.between(group, since, until) if day.rows] or built
    length = _seconds([(day.starts, day.ends) for day in near])
    return sum(day.rows for day in near) / length if length else 0.0


def _seconds(ranges: list[TimeRange]) -> float:
    return sum((end - start).total_seconds() for start, end in ranges)


def _table_rows() -> dict[str, float]:
    key = str(settings().warehouse_url)
    with _guard:
        until, found = _counted.get(key, (0.0, {}))
    if time.monotonic() < until:
        return found
    found = {row["table_name"]: row["row_count"] for row in fetch(query("rollups/table_rows.sql"))}
    with _guard:
        _counted[key] = (time.monotonic() + _KEPT_SECONDS, found)
    return found
