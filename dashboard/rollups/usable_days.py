"""What of the rollups may be used: days that are built, final, and not dirty since."""

import threading
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter

from sqlalchemy import RowMapping

from dashboard.errors import SchemaMismatch
from dashboard.postgres.read import fetch, query
from dashboard.rollups.coverage import (
    Day,
    by_quarter,
    complete_days,
    merge_adjacent,
)
from dashboard.rollups.definitions import END_OF_TIME, ROLLUP_GROUPS, definition, facts_of
from dashboard.rollups.group import RollupGroup
from dashboard.rollups.materialized import MATERIALIZED, ROWS, MaterializedFact
from dashboard.rollups.table import TimeRange
from dashboard.scope import Scope
from dashboard.settings import settings

_KEPT_SECONDS = 1.0
_ABSENT_SECONDS = 30.0
_MOST_LOADED = 20_000
_MOST_ACCOUNTS = 2_000
_MOST_RANGES = 4
_starts, _ends = attrgetter("starts"), attrgetter("ends")


@dataclass(frozen=True)
class Dirty:
    """What is kept of these `accounts` is older than the facts, from `since` on."""

    accounts: list[str]
    since: datetime


@dataclass(frozen=True)
class MaterializedDays:
    """Where rows are kept, as unbroken ranges in order; `by_path`: by `MaterializedFact.dirty_path`."""

    ranges: list[TimeRange]
    by_path: dict[str, Dirty]

    def dirty(self, kept: MaterializedFact) -> Dirty:
        """The accounts of which rows were loaded since these were kept."""
        return self.by_path[kept.dirty_path]

    def within(self, scope: Scope) -> list[TimeRange]:
        """The longest few of the ranges, cut to the window of `scope`, in order."""
        cut = [(max(start, scope.since), min(end, scope.until)) for start, end in self.ranges]
        longest = sorted((s for s in cut if s[0] < s[1]), key=lambda s: s[0] - s[1])
        return sorted(longest[:_MOST_RANGES])

    @property
    def is_whole(self) -> bool:
        """Whether all of the history is kept."""
        return len(self.ranges) == 1 and self.ranges[0][1] == END_OF_TIME

    def share(self, scopes: Sequence[Scope]) -> float:
        """How much of the windows' time is kept, the accounts loaded since left aside."""
        found = sum((e - s for scope in scopes for s, e in self.within(scope)), timedelta())
        return found / sum((scope.length for scope in scopes), timedelta())


@dataclass(frozen=True)
class Days:
    """Rollup group key → its usable days in order; `time_zone` says whose days they are."""

    time_zone: str
    by_group: dict[str, list[Day]]
    kept: MaterializedDays | None
    _quarters: dict[Hashable, list[list[TimeRange]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def ranges(
        self, group: RollupGroup, grain: str, scopes: Sequence[Scope]
    ) -> list[list[TimeRange]]:
        """For each scope the unbroken ranges of its window that sums of `grain` can answer."""
        first, last = min(scope.since for scope in scopes), max(scope.until for scope in scopes)
        days = self.between(group.key, first, last)
        if grain == "day":
            return [merge_adjacent(complete_days(days, scope)) for scope in scopes]
        # Looked up once as long as these days are known: whoever asks what was read asks the same.
        key = (group.key, *((scope.since, scope.until, scope.as_of) for scope in scopes))
        if key not in self._quarters:
            self._quarters[key] = by_quarter(group, days, scopes)
        return self._quarters[key]

    def between(self, group: str, since: datetime, until: datetime) -> list[Day]:
        """The group's days that lie in [since, until), wholly or in part: few, of a long history."""
        days = self.by_group.get(group, [])
        first = bisect_right(days, since, key=_ends)
        return days[first : bisect_left(days, until, key=_starts)]


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


def materialized_days() -> MaterializedDays | None:
    """Where rows are kept that may be read, as `usable_days` has it."""
    days = usable_days()
    return days.kept if days else None


def clear_days_cache() -> None:
    """Read them again at the next question: for callers that have just built or loaded."""
    with _reading:
        _kept.clear()
        _listed.clear()


def _read_days() -> Days | None:
    try:
        rows = fetch(query("rollups/state.sql"))
    except SchemaMismatch:
        return None
    if not rows or rows[0]["definition"] != definition(rows[0]["time_zone"]):
        return None
    state = rows[0]
    if state["loaded_since"] > _MOST_LOADED:
        return Days(state["time_zone"], {}, None)
    loaded = {"loaded_since": state["watermark"]}
    dirty: set[tuple[str, datetime]] = set()
    accounts: dict[str, Sequence[RowMapping]] = {kept.dirty_path: () for kept in MATERIALIZED}
    if state["loaded_since"]:
        asked = {**loaded, "time_zone": state["time_zone"], **facts_of(ROLLUP_GROUPS)}
        dirty = {
            (row["rollup_group"], row["starts"])
            for row in fetch(query("rollups/dirty_days.sql"), asked)
        }
        accounts = {path: fetch(query(path), loaded) for path in accounts}
    by_group = defaultdict(list)
    newest_is_stale = True
    for row in _all_days(state["days_mark"]):
        if row["rollup_group"] == ROWS:
            newest_is_stale = row["is_stale"]
        if not row["is_stale"] and (row["rollup_group"], row["starts"]) not in dirty:
            by_group[row["rollup_group"]].append(
                Day(row["starts"], row["ends"], row["settled_at"], row["rows_seen"])
            )
    kept = _materialized_days(by_group.pop(ROWS, []), newest_is_stale, accounts)
    return Days(state["time_zone"], dict(by_group), kept)


def _all_days(mark: str) -> list[RowMapping]:
    # Thousands of rows after some years, the same for minutes: read when they have changed.
    key = str(settings().warehouse_url)
    held = _listed.get(key)
    if held is None or held[0] != mark:
        held = _listed[key] = (mark, fetch(query("rollups/days.sql")))
    return held[1]


def _materialized_days(
    days: list[Day], newest_is_stale: bool, accounts: dict[str, Sequence[RowMapping]]
) -> MaterializedDays | None:
    if not days or max(map(len, accounts.values())) > _MOST_ACCOUNTS:
        return None
    ranges = merge_adjacent([(day.starts, day.ends) for day in days])
    if not newest_is_stale:
        # What comes after the newest day was loaded after it was built, by a dirty account, or has
        # been put beside it since.
        ranges[-1] = (ranges[-1][0], END_OF_TIME)
    return MaterializedDays(ranges, {path: _dirty(rows) for path, rows in accounts.items()})


def _dirty(rows: Sequence[RowMapping]) -> Dirty:
    since = min((row["since"] for row in rows), default=END_OF_TIME)
    return Dirty([row["account_id"] for row in rows], since)
