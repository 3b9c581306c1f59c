"""Built days of a rollup group, and the ranges of a window that they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.postgres.read import fetch, query
from dashboard.rollups.definitions import QUARTER
from dashboard.rollups.group import RollupGroup
from dashboard.rollups.table import TimeRange
from dashboard.scope import Scope


@dataclass(frozen=True)
class Day:
    """One built day of a group: [`starts`, `ends`), final when asked at or after `settled_at`.

    `rows` of the relation it was summed from.
    """

    starts: datetime
    ends: datetime
    settled_at: datetime
    rows: int = 0


def complete_days(days: Sequence[Day], scope: Scope) -> list[TimeRange]:
    """The days within the window that are final at its instant."""
    return [
        (day.starts, day.ends)
        for day in days
        if day.starts >= scope.since and day.ends <= scope.until and day.settled_at <= scope.as_of
    ]


def by_quarter(
    group: RollupGroup, days: Sequence[Day], scopes: Sequence[Scope]
) -> list[list[TimeRange]]:
    """For each scope the quarters of an hour that are final at its instant. Raises the errors of `fetch`."""
    found: list[list[TimeRange]] = [[] for _ in scopes]
    immature: list[tuple[int, TimeRange]] = []
    for frame, scope in enumerate(scopes):
        for day in days:
            since, until = _inner(max(day.starts, scope.since), min(day.ends, scope.until))
            if since >= until:
                continue
            if day.settled_at <= scope.as_of:
                found[frame].append((since, until))
            else:
                immature.append((frame, (since, until)))
    if immature:
        rows = fetch(
            query("rollups/quarters.sql"),
            {
                "rollup_group": group.key,
                "sinces": [since for _, (since, _) in immature],
                "untils": [until for _, (_, until) in immature],
                "as_ofs": [scopes[frame].as_of for frame, _ in immature],
            },
        )
        for row in rows:
            frame = immature[row["position"]][0]
            found[frame].append((row["starts"], row["starts"] + QUARTER))
    return [merge_adjacent(sorted(ranges)) for ranges in found]


def _inner(since: datetime, until: datetime) -> TimeRange:
    """The whole quarters of an hour within [since, until)."""
    past = _past_quarter(since)
    return since + (QUARTER - past if past else timedelta()), until - _past_quarter(until)


def _past_quarter(instant: datetime) -> timedelta:
    return timedelta(
        minutes=instant.minute % 15, seconds=instant.second, microseconds=instant.microsecond
    )


def merge_adjacent(ranges: Sequence[TimeRange]) -> list[TimeRange]:
    """`ranges` in order, adjacent ones merged."""
    merged: list[TimeRange] = []
    for start, end in ranges:
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
