"""What of the rollups may be used: days that are built, final, and untouched by rows loaded since."""

import threading
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from sqlalchemy import RowMapping

from dashboard.errors import ContractBroken
from dashboard.postgres.read import fetch, query
from dashboard.rollups.coverage import Day, by_quarter, joined, whole_days, widened
from dashboard.rollups.definitions import END_OF_TIME, FACT_OF_FAMILY, Family, definition
from dashboard.rollups.materialized import KEPT, ROWS, Kept
from dashboard.rollups.table import Stretch
from dashboard.scope import Scope
from dashboard.settings import settings

_KEPT_SECONDS = 1.0
_ABSENT_SECONDS = 30.0
_MOST_LOADED = 20_000
_MOST_ACCOUNTS = 2_000
_MOST_STRETCHES = 4
_starts, _ends = attrgetter("starts"), attrgetter("ends")


@dataclass(frozen=True)
class Touched:
    """What is kept of these `accounts` is older than the facts, from `since` on."""

    accounts: list[str]
    since: datetime


@dataclass(frozen=True)
class KeptDays:
    """Where rows are kept, as unbroken stretches in order; `by_path`: as `Kept.touched_path` tells."""

    stretches: list[Stretch]
    by_path: dict[str, Touched]

    def touched(self, kept: Kept) -> Touched:
        """The accounts of which rows were loaded since these were kept."""
        return self.by_path[kept.touched_path]

    def within(self, scope: Scope) -> list[Stretch]:
        """The longest few of the stretches, cut to the window of `scope`, in order."""
        cut = [(max(start, scope.since), min(end, scope.until)) for start, end in self.stretches]
        longest = sorted((s for s in cut if s[0] < s[1]), key=lambda s: s[0] - s[1])
        return sorted(longest[:_MOST_STRETCHES])

    @property
    def is_whole(self) -> bool:
        """Whether all of the history is kept."""
        return len(self.stretches) == 1 and self.stretches[0][1] == END_OF_TIME

    def share(self, scopes: Sequence[Scope]) -> float:
        """How much of the windows' time is kept, the accounts loaded since left aside."""
        found = sum((e - s for scope in scopes for s, e in self.within(scope)), timedelta())
        return found / sum((scope.length for scope in scopes), timedelta())


@dataclass(frozen=True)
class Days:
    """Family key → its usable days in order; `time_zone` says whose days they are."""

    time_zone: str
    by_family: dict[str, list[Day]]
    kept: KeptDays | None

    def stretches(self, family: Family, grain: str, scopes: Sequence[Scope]) -> list[list[Stretch]]:
        """For each scope the unbroken stretches of its window that sums of `grain` can answer."""
        days = self._around(family, scopes)
        if grain == "day":
            return [joined(whole_days(days, scope)) for scope in scopes]
        return by_quarter(family, days, scopes)

    def widened(self, family: Family, scope: Scope) -> Scope:
        """`scope`, made longer where it has the greater part of its first or last day, to all of it."""
        return widened(self._around(family, [scope]), scope)

    def _around(self, family: Family, scopes: Sequence[Scope]) -> list[Day]:
        """The days from the first scope's to the last's: few, of a long history."""
        days = self.by_family.get(family.key, [])
        first = bisect_right(days, min(scope.since for scope in scopes), key=_ends)
        return days[first : bisect_left(days, max(scope.until for scope in scopes), key=_starts)]


_kept: dict[str, tuple[float, Days | None]] = {}
_listed: dict[str, tuple[str, list[RowMapping]]] = {}
_reading = threading.Lock()


def usable_days() -> Days | None:
    """The usable days, at most a second old; None where there are no rollups, or none to be trusted.

    The errors of `fetch` pass through, but for a schema that is not there or may not be read.
    """
    key = str(settings().warehouse_url)
    with _reading:
        until, days = _kept.get(key, (0.0, None))
        if time.monotonic() < until:
            return days
        # Until it is known otherwise there are none: whoever waits behind a warehouse that does not
        # answer shall not wait for the same failure once more, one after the other.
        _kept[key] = (
            time.monotonic() + _KEPT_SECONDS + settings().statement_timeout_ms / 1000,
            None,
        )
        days = _read_days()
        _kept[key] = (time.monotonic() + (_KEPT_SECONDS if days else _ABSENT_SECONDS), days)
        return days


def kept_days() -> KeptDays | None:
    """Where rows are kept that may be read, as `usable_days` has it."""
    days = usable_days()
    return days and days.kept


def forget_days() -> None:
    """Read them anew at the next question. For whoever has just built or loaded."""
    with _reading:
        _kept.clear()
        _listed.clear()


def _read_days() -> Days | None:
    try:
        rows = fetch(query("rollups/state.sql"))
    except ContractBroken:
        return None
    if not rows or rows[0]["definition"] != definition(rows[0]["time_zone"]):
        return None
    state = rows[0]
    if state["loaded_since"] > _MOST_LOADED:
        return Days(state["time_zone"], {}, None)
    loaded = {"loaded_since": state["watermark"]}
    touched: set[tuple[str, datetime]] = set()
    accounts: dict[str, Sequence[RowMapping]] = {kept.touched_path: () for kept in KEPT}
    if state["loaded_since"]:
        asked = {**loaded, "time_zone": state["time_zone"], **FACT_OF_FAMILY}
        touched = {
            (row["family"], row["starts"]) for row in fetch(query("rollups/touched.sql"), asked)
        }
        accounts = {path: fetch(query(path), loaded) for path in accounts}
    by_family = defaultdict(list)
    newest_is_stale = True
    for row in _all_days(state["days_mark"]):
        if row["family"] == ROWS:
            newest_is_stale = row["is_stale"]
        if not row["is_stale"] and (row["family"], row["starts"]) not in touched:
            by_family[row["family"]].append(Day(row["starts"], row["ends"], row["settled_at"]))
    kept = _kept_days(by_family.pop(ROWS, []), newest_is_stale, accounts)
    return Days(state["time_zone"], dict(by_family), kept)


def _all_days(mark: str) -> list[RowMapping]:
    # Thousands of rows after some years, the same for minutes: read when they have changed.
    key = str(settings().warehouse_url)
    held = _listed.get(key)
    if held is None or held[0] != mark:
        held = _listed[key] = (mark, fetch(query("rollups/days.sql")))
    return held[1]


def _kept_days(
    days: list[Day], newest_is_stale: bool, accounts: dict[str, Sequence[RowMapping]]
) -> KeptDays | None:
    if not days or max(map(len, accounts.values())) > _MOST_ACCOUNTS:
        return None
    stretches = joined([(day.starts, day.ends) for day in days])
    if not newest_is_stale:
        # What comes after the newest day was loaded after it was built, by a touched account, or has
        # been put beside it since.
        stretches[-1] = (stretches[-1][0], END_OF_TIME)
    return KeptDays(stretches, {path: _touched(rows) for path, rows in accounts.items()})


def _touched(rows: Sequence[RowMapping]) -> Touched:
    since = min((row["since"] for row in rows), default=END_OF_TIME)
    return Touched([row["account_id"] for row in rows], since)
