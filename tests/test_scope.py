"""A scope: what it lets in, how it is moved, and what is refused with a hint."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import ScopeInvalid
from dashboard.scope import (
    Scope,
    filter_text,
    instant_text,
    make_filters,
    parse_filter_value,
    parse_instant,
    parse_length,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def scope(**other: Any) -> Scope:
    asked: dict[str, Any] = {"since": MONDAY, "until": MONDAY + DAY, "as_of": MONDAY + DAY}
    return Scope(**(asked | other))


@pytest.mark.parametrize("until", [MONDAY, MONDAY - timedelta(microseconds=1)])
def test_a_window_must_have_a_length(until: datetime):
    with pytest.raises(ScopeInvalid) as refused:
        scope(until=until)
    assert refused.value.message == "The window ends before it starts."
    assert refused.value.hint == "Give --from before --to."


@pytest.mark.parametrize("name", ["since", "until", "as_of"])
def test_an_instant_must_have_a_time_zone(name: str):
    with pytest.raises(ScopeInvalid, match="has no time zone"):
        scope(**{name: datetime(2026, 3, 2, 12)})


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "Europe", "../etc/passwd", "UTC'--"])
def test_a_time_zone_must_be_known(zone: str):
    with pytest.raises(ScopeInvalid) as refused:
        scope(time_zone=zone)
    assert refused.value.message == f"{zone!r} is not a time zone."
    assert refused.value.hint
    with pytest.raises(ScopeInvalid, match="is not a time zone"):
        parse_instant("2026-03-02", zone)


def test_instants_are_the_same_whatever_zone_they_came_in():
    elsewhere = timezone(timedelta(hours=-7))
    assert scope(since=MONDAY.astimezone(elsewhere)) == scope()
    assert scope(since=MONDAY.astimezone(elsewhere)).since.tzinfo is UTC


def test_a_window_over_a_change_of_clocks_is_as_long_as_it_is():
    forward = Scope(
        datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 3, 30, tzinfo=BERLIN), MONDAY
    )
    back = Scope(
        datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2026, 10, 26, tzinfo=BERLIN), MONDAY
    )
    assert (forward.length, back.length) == (timedelta(hours=23), timedelta(hours=25))
    # From half past two in summer to ten past two in winter are 40 minutes.
    short = Scope(
        datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN),
        datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1),
        MONDAY,
    )
    assert short.length == timedelta(minutes=40)
    assert forward.shifted(timedelta(days=-1)).until == datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_the_last_day_includes_the_instant_of_asking():
    last = Scope.last(DAY, MONDAY, "Asia/Kolkata")
    assert last.since <= MONDAY < last.until
    assert last.length == DAY
    assert not last.since <= MONDAY - DAY
    assert (last.as_of, last.time_zone) == (MONDAY, "Asia/Kolkata")


@given(instants, st.integers(1, 10**9), st.integers(-(10**9), 10**9))
def test_shifting_moves_window_and_instant_and_can_be_undone(since, seconds, by):
    asked = Scope(since, since + timedelta(seconds=seconds), since)
    moved = asked.shifted(timedelta(seconds=by))
    assert moved.length == asked.length
    assert moved.as_of - moved.since == asked.as_of - asked.since
    assert moved.shifted(timedelta(seconds=-by)) == asked


def test_filters_replace_each_other_by_dimension():
    billing = scope().where("topic", "billing").where("channel", "chat", "email")
    assert billing.filters == (("channel", ("chat", "email")), ("topic", ("billing",)))
    assert billing.where("topic", "setup").filters == (
        ("channel", ("chat", "email")),
        ("topic", ("setup",)),
    )
    assert billing.without("topic").filters == (("channel", ("chat", "email")),)
    assert billing.without("topic").without("channel") == scope()
    assert billing.without("colour") == billing


def test_equal_filters_are_equal_whatever_order_they_came_in():
    one = scope().where("topic", "b", None, "a", "b").where("channel", "x")
    other = scope().where("channel", "x").where("topic", None, "a", "b")
    assert one == other
    assert hash(one) == hash(other)
    assert one.filters[1] == ("topic", ("a", "b", None))


def test_a_filter_without_values_is_none():
    assert make_filters({"topic": [], "channel": ["chat"]}) == (("channel", ("chat",)),)
    assert scope().where("topic") == scope()


@pytest.mark.parametrize("value", ["billing", "", "null", "(Unknown)"])
def test_only_unknown_means_null(value: str):
    assert parse_filter_value(filter_text(value)) == value
    assert parse_filter_value(filter_text(None)) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("6w", timedelta(weeks=6)),
        (" 7 D ", timedelta(days=7)),
        ("3660d", timedelta(days=3660)),
    ],
)
def test_lengths(text: str, length: timedelta):
    assert parse_length(text) == length


@pytest.mark.parametrize(
    "text", ["", "7", "d", "0h", "-1d", "1.5h", "3661d", "9999w", "7d 2h", "1y", "7d\n8d"]
)
def test_what_is_no_length(text: str):
    with pytest.raises(ScopeInvalid) as refused:
        parse_length(text)
    assert refused.value.message == f"{text!r} is not a valid duration."
    assert refused.value.hint == "Use for example 24h, 7d or 6w."


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-02", "UTC", "2026-03-02T00:00:00Z"),
        ("2026-03-02", "Europe/Berlin", "2026-03-01T23:00:00Z"),
        ("2026-07-02", "Europe/Berlin", "2026-07-01T22:00:00Z"),
        ("2026-03-02T09:40", "Asia/Kolkata", "2026-03-02T04:10:00Z"),
        ("2026-03-02 09:40", "UTC", "2026-03-02T09:40:00Z"),
        ("2026-03-02T09:40+02:00", "Asia/Kolkata", "2026-03-02T07:40:00Z"),
        ("2026-03-02T09:40Z", "Asia/Kolkata", "2026-03-02T09:40:00Z"),
        # The first of the two half past twos; it has an offset for who means the second.
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("2026-10-25T02:30+01:00", "Europe/Berlin", "2026-10-25T01:30:00Z"),
        # Half past two did not happen on that night: an hour after half past one.
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"),
    ],
)
def test_instants(text: str, zone: str, expected: str):
    assert instant_text(parse_instant(text, zone)) == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2026-02-30", "12:00", "0001-01-01"]
)
def test_what_is_no_instant(text: str):
    with pytest.raises(ScopeInvalid) as refused:
        parse_instant(text, "Asia/Kolkata")
    assert refused.value.message == f"{text!r} is not a valid date or time."
    assert refused.value.hint == "Use for example 2026-01-31 or 2026-01-31T09:40."


@given(instants)
def test_an_instant_survives_a_link(instant):
    assert parse_instant(instant_text(instant), "Asia/Kolkata") == instant
