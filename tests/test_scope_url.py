"""A link gives back the scope it was made from; what it says wrongly is left out and said."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.scope import make_filters, parse_length
from dashboard.scope_url import EPISODE_FILTERS, OpenScope, length_text, read_open_scope

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

instants = st.datetimes(
    datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)
)  # fmt: skip
values = st.one_of(st.none(), st.text(min_size=1).filter(lambda text: text != "(unknown)"))
filters = st.dictionaries(
    st.sampled_from(EPISODE_FILTERS), st.lists(values, min_size=1, max_size=3), max_size=3
).map(make_filters)
lengths = st.integers(1, 5000).map(lambda minutes: timedelta(minutes=minutes))


@given(lengths, st.one_of(st.none(), instants), filters)
def test_a_link_gives_back_its_scope(length, as_of, chosen):
    asked = OpenScope(length, as_of=as_of, time_zone="Europe/Berlin", filters=chosen)
    assert read_open_scope(asked.parameters(), DAY, "Europe/Berlin") == (asked, [])


@given(instants, st.integers(1, 10_000), filters)
def test_a_fixed_window_survives_too(since, minutes, chosen):
    asked = OpenScope(None, since, since + timedelta(minutes=minutes), None, "UTC", chosen)
    assert read_open_scope(asked.parameters(), DAY, "UTC") == (asked, [])


@given(st.integers(1, 100_000).map(lambda minutes: timedelta(minutes=minutes)))
def test_a_length_is_written_so_that_it_reads_back(length):
    text = length_text(length)
    if len(text) <= 5:
        assert parse_length(text) == length


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"window": ["soon"]}, "'soon' is no length of time"),
        ({"window": ["0h"]}, "'0h' is no length of time"),
        ({"as_of": ["yesterday-ish"]}, "'yesterday-ish' is no date or time"),
        ({"from": ["2026-13-01"], "to": ["2026-01-02"]}, "'2026-13-01' is no date"),
        ({"from": ["2026-01-02"], "to": ["2026-01-01"]}, "ends before it starts"),
        ({"as_of": ["9999-12-31T23:59:59-14:00"]}, "no date or time"),
    ],
)
def test_nonsense_is_left_out_and_said(parameters, words):
    asked, problems = read_open_scope(parameters, DAY, "UTC")
    assert asked == OpenScope(DAY)
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


def test_unknown_parameters_are_ignored():
    asked, problems = read_open_scope({"utm_source": ["mail"], "page": ["7"]}, DAY, "UTC")
    assert (asked, problems) == (OpenScope(DAY), [])
