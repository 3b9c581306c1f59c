"""A figure against its band: the same hours of the week, by the clock on the wall."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.query.measure import measure
from dashboard.reports.escalations.against_normal import AgainstNormal, against_normal, sentence
from dashboard.reports.shared.normal import with_earlier_weeks
from dashboard.scope import Scope
from tests.conftest import Warehouse, conversation

SUNDAY = datetime(2026, 3, 29, tzinfo=UTC)
"""At 1:00 UTC the clocks of Berlin go from 2:00 to 3:00."""
EARLIER = (9, 11, 10, 12, 8, 10)
"""Handoffs on the six Mondays before, the latest first."""


def burst(name: str, first: datetime, count: int, **known) -> Iterator[dict]:
    """Handoffs a minute apart, each after one minute with the AI."""
    for number in range(count):
        asked = first + timedelta(minutes=number)
        yield conversation(
            f"{name}-{number}",
            asked - timedelta(minutes=1),
            account_id=f"{name}-{number}",
            first_ai_reply_at=asked - timedelta(seconds=30),
            handoff_at=asked,
            **known,
        )


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    monday = SUNDAY + timedelta(days=1)
    rows = [conversation("first", SUNDAY - timedelta(days=60))]
    # 9:00 in Berlin is 7:00 UTC in summer time, 8:00 before.
    rows += burst("now", monday + timedelta(hours=7), 31)
    for week, count in enumerate(EARLIER, start=1):
        before = monday - timedelta(weeks=week) + timedelta(hours=8)
        rows += burst(f"week{week}", before, count)
    warehouse.add("conversations", rows)


MONDAY = Scope(
    SUNDAY + timedelta(hours=22),
    SUNDAY + timedelta(hours=46),
    SUNDAY + timedelta(hours=46),
    "Europe/Berlin",
)
"""The whole Monday after the clocks changed, in Berlin."""


def at_nine(found: AgainstNormal):
    nine = SUNDAY + timedelta(days=1, hours=7)
    return {
        row.bucket: (row, normal)
        for row, normal in zip(found.rows.itertuples(), found.normals, strict=True)
    }[nine]


def test_nine_in_the_morning_is_compared_with_nine():
    row, normal = at_nine(against_normal("escalations", MONDAY))
    assert row.value == 31
    assert (normal.low, normal.high, normal.state) == (8, 12, "above")


def test_hours_without_handoffs_are_no_news():
    found = against_normal("escalations", MONDAY)
    assert len(found.rows) == 24
    states = {
        row.bucket: n.state for row, n in zip(found.rows.itertuples(), found.normals, strict=True)
    }
    assert sorted(states.values()).count("above") == 1
    assert set(states.values()) == {"above", "normal"}


def test_the_sentence_names_what_stands_out():
    found = against_normal("escalations", MONDAY)
    assert sentence(found, MONDAY, "hour") == (
        "Above expected range in 1 hour: Mon 30 Mar, 09:00 (31, expected 8–12)."
    )
    week = replace(MONDAY, since=MONDAY.until - timedelta(days=7))
    days = against_normal("escalations", week)
    assert days.bucket == "day"
    assert (
        sentence(days, week, "day")
        == "Above expected range in 1 day: Mon 30 Mar (31, expected 8–12)."
    )
    noon = replace(week, as_of=MONDAY.until - timedelta(hours=12))
    assert "1 day: today (31" in sentence(against_normal("escalations", noon), noon, "day")


def test_its_rows_are_the_measure_s():
    found = against_normal("escalations", MONDAY)
    assert found.rows["value"].sum() == measure(["escalations"], MONDAY).iloc[0]["value"]
    assert list(found.rows["is_whole"]) == [True] * 24


def test_a_cut_bucket_is_compared_with_what_was_as_cut():
    # At 7:15:30 UTC sixteen of the 31 have come; at that minute of the weeks before all had.
    early = replace(MONDAY, as_of=SUNDAY + timedelta(days=1, hours=7, minutes=15, seconds=30))
    row, normal = at_nine(against_normal("escalations", early))
    assert (row.value, row.is_whole) == (16, False)
    assert (normal.low, normal.high) == (8, 12)


def test_a_young_history_has_no_band(new_warehouse):
    young = new_warehouse("young")
    monday = SUNDAY + timedelta(days=1)
    young.add(
        "conversations",
        [
            conversation("first", monday - timedelta(days=15)),
            *burst("now", monday + timedelta(hours=7), 31),
        ],
    )
    found = against_normal("escalations", MONDAY)
    assert not found.has_band
    assert sentence(found, MONDAY, "hour") == (
        "No expected range yet: it needs at least three earlier weeks."
    )


def test_earlier_weeks_are_counted_by_the_clock_on_the_wall():
    weeks = with_earlier_weeks(MONDAY)
    assert weeks[0] == MONDAY
    # A week before the clocks changed, the Monday of Berlin began at 23:00 UTC.
    assert weeks[1].since == MONDAY.since - timedelta(days=7) + timedelta(hours=1)
    assert all(week.length == MONDAY.length for week in weeks)
    assert all(week.as_of - week.until == MONDAY.as_of - MONDAY.until for week in weeks)
    utc = replace(MONDAY, time_zone="UTC")
    assert with_earlier_weeks(utc)[1].since == MONDAY.since - timedelta(days=7)
