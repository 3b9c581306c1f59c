"""Buckets of time: their starts by hand, and that PostgreSQL cuts where the list does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import TIMESTAMP, bindparam, column, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from dashboard.errors import ScopeInvalid
from dashboard.metrics.buckets import BUCKETS, bucket_of, bucket_starts, check_bucket
from dashboard.postgres.read import fetch
from tests.conftest import Warehouse


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(since: str, until: str, bucket: str, zone: str) -> list[str]:
    found = bucket_starts(utc(since), utc(until), bucket, zone)
    return [start.strftime("%m-%d %H:%M") for start in found]


def local(since: datetime, until: datetime, bucket: str, zone: str) -> list[str]:
    found = bucket_starts(since, until, bucket, zone)
    return [start.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") for start in found]


@pytest.mark.parametrize(
    ("since", "until", "bucket", "zone", "expected"),
    [
        (
            "2026-03-02 09:07",
            "2026-03-02 09:20",
            "5min",
            "UTC",
            ["03-02 09:05", "03-02 09:10", "03-02 09:15"],
        ),
        (
            "2026-03-02 09:07",
            "2026-03-02 09:31",
            "15min",
            "Asia/Kathmandu",
            ["03-02 09:00", "03-02 09:15", "03-02 09:30"],
        ),
        # A bucket that starts exactly at the window's end is not in it.
        ("2026-03-02 09:00", "2026-03-02 11:00", "hour", "UTC", ["03-02 09:00", "03-02 10:00"]),
        (
            "2026-03-02 09:00",
            "2026-03-02 10:31",
            "hour",
            "Asia/Kolkata",
            ["03-02 08:30", "03-02 09:30", "03-02 10:30"],
        ),
        # The night the clocks go forward, 23 hours: local midnight is at 23:00, then at 22:00 UTC.
        (
            "2026-03-28 12:00",
            "2026-03-30 12:00",
            "day",
            "Europe/Berlin",
            ["03-27 23:00", "03-28 23:00", "03-29 22:00"],
        ),
        # The night they go back, 25 hours.
        (
            "2026-10-24 22:00",
            "2026-10-26 23:00",
            "day",
            "Europe/Berlin",
            ["10-24 22:00", "10-25 23:00"],
        ),
        # Both hours that are called 2 o'clock.
        (
            "2026-10-25 00:00",
            "2026-10-25 02:30",
            "hour",
            "Europe/Berlin",
            ["10-25 00:00", "10-25 01:00", "10-25 02:00"],
        ),
        # A week starts on Monday; 2026-03-02 is one.
        (
            "2026-03-01 23:59",
            "2026-03-09 00:01",
            "week",
            "UTC",
            ["02-23 00:00", "03-02 00:00", "03-09 00:00"],
        ),
        (
            "2026-03-15 00:00",
            "2026-04-15 00:00",
            "month",
            "Europe/Berlin",
            ["02-28 23:00", "03-31 22:00"],
        ),
        ("2025-12-31 23:59", "2026-01-01 00:01", "month", "UTC", ["12-01 00:00", "01-01 00:00"]),
        # In Cairo the clocks go forward at midnight: that day starts at 1:00, the next one does not.
        (
            "2026-04-23 22:00",
            "2026-04-26 00:00",
            "day",
            "Africa/Cairo",
            ["04-23 22:00", "04-24 21:00", "04-25 21:00"],
        ),
        # Lord Howe Island turns the clock back by half an hour.
        (
            "2026-04-04 14:00",
            "2026-04-04 16:00",
            "hour",
            "Australia/Lord_Howe",
            ["04-04 14:00", "04-04 14:30", "04-04 15:30"],
        ),
    ],
)
def test_by_hand(since: str, until: str, bucket: str, zone: str, expected: list[str]):
    assert starts(since, until, bucket, zone) == expected


def test_days_start_at_local_midnight_all_year_round():
    year = local(utc("2026-01-01"), utc("2026-12-31"), "day", "Europe/Berlin")
    assert {start[-5:] for start in year} == {"00:00"}
    assert len(year) == 365


ZONES = (
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/New_York",
    "America/St_Johns",
    "Africa/Cairo",  # no midnight on one day in April
    "Atlantic/Azores",  # no midnight on one day in March, two on one in October
    "America/Havana",
    "Australia/Lord_Howe",  # half an hour
)


@pytest.mark.parametrize("zone", ZONES)
def test_postgresql_cuts_where_the_list_does(warehouse: Warehouse, zone: str):
    since, until = utc("2026-01-01"), utc("2027-01-01")
    step = timedelta(minutes=83)
    instants = [since + number * step for number in range((until - since) // step)]
    series = text("(select unnest(cast(:all as timestamptz[])) as at) as series").bindparams(
        bindparam("all", instants, type_=ARRAY(TIMESTAMP(timezone=True)))
    )
    at = column("at", TIMESTAMP(timezone=True))
    cuts = [bucket_of(at, bucket, zone).label(bucket) for bucket in BUCKETS]
    rows = fetch(select(at, *cuts).select_from(series))
    for bucket in BUCKETS:
        listed = bucket_starts(since, until, bucket, zone)
        assert listed == sorted(set(listed))
        assert {row[bucket] for row in rows} <= set(listed), bucket
        if bucket in ("day", "week", "month"):
            # Every bucket but a last short one has an instant in it: there is none too many either.
            assert {row[bucket] for row in rows} >= set(listed[:-1]), bucket


@pytest.mark.parametrize("bucket", ["", "minute", "Day", "1h", "day; drop table conversations"])
def test_another_bucket_is_refused_with_those_there_are(bucket: str):
    with pytest.raises(ScopeInvalid) as refused:
        check_bucket(bucket)
    assert refused.value.hint == "Use one of 5min, 15min, hour, day, week, month."
