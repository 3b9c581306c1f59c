"""A link gives back the scope it was made from; what it says wrongly is left out and said."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.scope import make_filters, parse_length
from dashboard.scope_url import (
    EPISODE_FILTERS,
    Against,
    OpenScope,
    length_text,
    read_open_scope,
)

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
values = st.one_of(st.none(), st.text(min_size=1).filter(lambda text: text != "(unknown)"))
filters = st.dictionaries(
    st.sampled_from(EPISODE_FILTERS), st.lists(values, min_size=1, max_size=3), max_size=3
).map(make_filters)
lengths = st.integers(1, 5000).map(lambda minutes: timedelta(minutes=minutes))


againsts = st.one_of(
    st.sampled_from([Against(), Against("1w")]), st.builds(Against, st.just("date"), instants)
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Santiago"])


@given(lengths, st.one_of(st.none(), instants), filters, againsts, zones)
def test_a_link_gives_back_its_scope(length, as_of, chosen, against, zone):
    asked = OpenScope(
        length, as_of=as_of, time_zone=zone, filters=chosen, against=against, usual_zone="UTC"
    )
    assert read_open_scope(asked.parameters(), DAY, "UTC", own=()) == (asked, [])


@given(instants, st.integers(1, 10_000), filters, againsts, zones)
def test_a_fixed_window_survives_too(since, minutes, chosen, against, zone):
    until = since + timedelta(minutes=minutes)
    asked = OpenScope(None, since, until, None, zone, chosen, against)
    assert read_open_scope(asked.parameters(), DAY, "UTC", own=()) == (asked, [])


@given(st.integers(1, 3_660), st.sampled_from(["minutes", "hours", "days"]))
def test_a_length_is_written_so_that_it_reads_back(count: int, unit: str):
    length = timedelta(**{unit: count})
    assert parse_length(length_text(length)) == length


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"window": ["soon"]}, "'soon' is not a valid duration"),
        ({"window": ["0h"]}, "'0h' is not a valid duration"),
        ({"as_of": ["yesterday-ish"]}, "'yesterday-ish' is not a valid date or time"),
        ({"from": ["2026-13-01"], "to": ["2026-01-02"]}, "'2026-13-01' is not a valid date"),
        ({"from": ["2026-01-02"], "to": ["2026-01-01"]}, "ends before it starts"),
        ({"as_of": ["9999-12-31T23:59:59-14:00"]}, "not a valid date or time"),
        ({"to": ["2026-01-02"]}, "has to without from"),
        ({"tz": ["Europe/Atlantis"]}, "'Europe/Atlantis' is not a time zone"),
        ({"tz": ["../../etc/passwd"]}, "is not a time zone"),
        ({"against": ["4w"]}, "against is “4w” in the link; use one of before, 1w, date"),
        ({"against": ["date"], "against_date": ["soon"]}, "'soon' is not a valid date or time"),
        ({"against": ["date"], "against_date": ["0001-01-02"]}, "out of range"),
    ],
)
def test_nonsense_is_left_out_and_said(parameters, words):
    asked, problems = read_open_scope(parameters, DAY, "UTC")
    assert asked == OpenScope(DAY, is_usual=True)
    assert len(problems) == 1
    assert words in problems[0]


def test_a_time_without_an_offset_is_in_the_reporting_zone():
    asked, _ = read_open_scope({"as_of": ["2026-07-01T09:40"]}, DAY, "Europe/Berlin")
    assert asked.as_of == datetime(2026, 7, 1, 7, 40, tzinfo=UTC)


def test_live_follows_the_clock_and_a_pinned_instant_does_not():
    live = OpenScope(DAY)
    assert live.is_live
    assert live.scope(NOON).as_of == NOON
    pinned = OpenScope(DAY, as_of=NOON)
    assert pinned.scope(NOON + 9 * DAY).as_of == NOON


def test_the_zone_of_the_link_is_that_of_its_times():
    asked, problems = read_open_scope(
        {"tz": ["Asia/Tokyo"], "from": ["2026-07-01"], "to": ["2026-07-02T09:00"]}, DAY, "UTC"
    )
    assert problems == []
    assert asked.time_zone == asked.scope(NOON).time_zone == "Asia/Tokyo"
    assert asked.since == datetime(2026, 6, 30, 15, tzinfo=UTC)
    assert asked.until == datetime(2026, 7, 2, 0, tzinfo=UTC)


def test_a_window_by_name_leads_and_that_is_said():
    asked, problems = read_open_scope(
        {"window": ["7d"], "from": ["2026-01-01"], "to": ["2026-01-02"]}, DAY, "UTC"
    )
    assert asked == OpenScope(7 * DAY)
    assert problems == ["The link has both window and from/to; window is used."]


def test_what_no_page_understands_is_said():
    link = {"utm_source": ["mail"], "shown": ["csat"]}
    asked, problems = read_open_scope(link, DAY, "UTC", own=("shown",))
    assert asked == OpenScope(DAY, is_usual=True)
    assert problems == ["“utm_source” is not a parameter of this page; it was ignored."]
    # A link within a link is not judged.
    assert read_open_scope(link, DAY, "UTC")[1] == []


def test_what_a_page_cannot_apply_goes_along_and_narrows_nothing():
    link = {"topic": ["billing"], "outcome": ["escalated", "(unknown)"], "system": ["ledger"]}
    asked, problems = read_open_scope(link, DAY, "UTC", ("topic", "system"), own=())
    assert problems == []
    assert dict(asked.filters) == {"topic": ("billing",), "system": ("ledger",)}
    assert dict(asked.carried) == {"outcome": ("escalated", None)}
    assert "outcome" not in asked.parameters()
    assert asked.kept() == link


def test_a_usual_window_stays_with_its_page():
    usual, _ = read_open_scope({}, DAY, "UTC")
    chosen, _ = read_open_scope({"window": ["24h"]}, DAY, "UTC")
    assert usual.scope(NOON) == chosen.scope(NOON)
    assert usual.kept() == {}
    assert chosen.kept() == {"window": ["24h"]}
    # What one page picks is no scope of the next.
    assert chosen.where("group", "f1").kept() == {"window": ["24h"]}


def test_a_start_to_compare_with_is_written_as_its_date():
    asked, _ = read_open_scope(
        {"against": ["date"], "against_date": ["2026-02-02"], "tz": ["Europe/Berlin"]}, DAY, "UTC"
    )
    assert asked.against == Against("date", datetime(2026, 2, 1, 23, tzinfo=UTC))
    assert asked.parameters()["against_date"] == ["2026-02-02"]
