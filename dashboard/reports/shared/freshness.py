"""How old the data is, source by source, and whether that is old or only quiet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping

from dashboard.postgres.feeds import newest_by_source

_EXPECTED_EVENTS = 5.0
"""So many events expected and none seen: by chance once in 150 times (Poisson)."""

_LIVE_LAG = timedelta(days=7)
"""Data loaded later than this after its event is not a live feed."""


@dataclass(frozen=True)
class Freshness:
    """One source: `relation` is `conversations` or `spans`; ages are None where there is nothing.

    `is_stale` says that the feed, not the customers, has gone quiet.
    """

    source: str
    relation: str
    event_age: timedelta | None
    load_age: timedelta | None
    is_stale: bool


def freshness(as_of: datetime, stale_after: timedelta) -> list[Freshness]:
    """Every source's freshness at `as_of`.

    A source is stale when its newest event and load are older than `stale_after` and, where its
    history tells, the same hours of earlier weeks brought at least five events. Without four weeks of
    history it is stale for as long as it had been sending. What was loaded more than a week after it
    happened was an import, not a feed, and is never stale.
    """
    return [_judged(row, as_of, stale_after) for row in newest_by_source(as_of)]


def _length_of_history(row: RowMapping) -> timedelta:
    return row["newest_event_at"] - row["oldest_event_at"]


def _judged(row: RowMapping, as_of: datetime, stale_after: timedelta) -> Freshness:
    ages = [
        None if instant is None else max(as_of - instant, timedelta())
        for instant in (row["newest_event_at"], row["newest_load_at"])
    ]
    event_age, load_age = ages
    is_old = any(age is None or age > stale_after for age in ages)
    usual = row["usual_events"]
    if usual is not None:
        is_quiet = usual < _EXPECTED_EVENTS
    else:
        is_quiet = event_age is not None and event_age > _length_of_history(row)
    is_stale = is_old and not is_quiet and not _is_import(row)
    return Freshness(row["source"], row["relation"], event_age, load_age, is_stale)


def _is_import(row: RowMapping) -> bool:
    loaded, happened = row["newest_load_at"], row["newest_event_at"]
    return bool(loaded and happened) and loaded - happened > _LIVE_LAG
