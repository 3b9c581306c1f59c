"""The other period of a comparison: as long, of like days, never seen from later than the page."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.reports.shared.periods import against_words, earlier, is_whole_days, period_words
from dashboard.scope import Scope
from dashboard.scope_url import Against
from tests.conftest import at

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = Scope(at(0), at(24 * 7), at(24 * 7))
TEN_DAYS = Scope(at(0), at(240), at(240))
FOUR_HOURS = Scope(at(8), at(12), at(12))

instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
scopes = st.builds(
    lambda since, minutes, as_of, zone: Scope(
        since, since + timedelta(minutes=minutes), as_of, zone
    ),
    instants,
    st.integers(1, 200_000),
    instants,
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
)


def berlin(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BERLIN)


def test_the_period_before_ends_where_the_window_starts():
    assert earlier(WEEK, Against()) == Scope(at(-24 * 7), at(0), at(0))
    assert earlier(TEN_DAYS, Against()) == Scope(at(-240), at(0), at(0))
    assert earlier(FOUR_HOURS, Against()) == Scope(at(4), at(8), at(8))


def test_the_same_days_are_whole_weeks_earlier():
    assert earlier(FOUR_HOURS, Against("1w")) == FOUR_HOURS.shifted(timedelta(weeks=-1))
    assert earlier(WEEK, Against("1w")) == WEEK.shifted(timedelta(weeks=-1))
    assert earlier(TEN_DAYS, Against("1w")) == TEN_DAYS.shifted(timedelta(weeks=-2))


def test_a_chosen_start():
    chosen = earlier(WEEK, Against("date", at(0, days=-28)))
    assert chosen == WEEK.shifted(timedelta(weeks=-4))
    # A later one shows nothing that the page does not know yet.
    later = earlier(WEEK, Against("date", at(0, days=28)))
    assert (later.since, later.as_of) == (at(0, days=28), WEEK.as_of)


def test_a_window_that_is_not_over_is_compared_with_as_much_of_the_other():
    so_far = Scope(at(0), at(24 * 7), at(24 * 3))
    assert earlier(so_far, Against()).as_of == at(24 * -4)


def test_days_stay_days_where_the_clocks_change():
    # The clocks went forward on 29 March: that week has 167 hours.
    week = Scope(berlin(2026, 3, 30), berlin(2026, 4, 6), berlin(2026, 4, 6), "Europe/Berlin")
    for against in (Against(), Against("1w"), Against("date", berlin(2026, 3, 23))):
        other = earlier(week, against)
        assert (other.since, other.until) == (week.since - timedelta(hours=167), week.since)
    noon = Scope(
        berlin(2026, 3, 30, 8), berlin(2026, 3, 30, 12), berlin(2026, 4, 1), "Europe/Berlin"
    )
    assert earlier(noon, Against("1w")).since == berlin(2026, 3, 23, 8).astimezone(UTC)


@given(scopes, st.sampled_from([Against(), Against("1w")]))
def test_two_periods_do_not_overlap_and_are_as_long(scope: Scope, against: Against):
    other = earlier(scope, against)
    assert other.until <= scope.since
    assert abs(other.length - scope.length) <= timedelta(hours=1)
    assert other.as_of <= scope.as_of
    assert is_whole_days(other) == is_whole_days(scope) or scope.length % timedelta(days=1)
    if against.kind == "1w":
        zone = ZoneInfo(scope.time_zone)
        then, now = (s.since.astimezone(zone).replace(tzinfo=None) for s in (other, scope))
        # An hour that the clocks leave out does not exist to be compared with.
        assert (now - then) % timedelta(weeks=1) <= timedelta(hours=1)
        assert now - then >= timedelta(days=6, hours=23)


@pytest.mark.parametrize(
    ("scope", "against", "words"),
    [
        (WEEK, Against(), "previous 7 days"),
        (WEEK, Against("1w"), "same days a week earlier"),
        (WEEK, Against("date", at(0, days=-28)), "2 Feb – 8 Feb"),
        (TEN_DAYS, Against("1w"), "same days 2 weeks earlier"),
        (FOUR_HOURS, Against(), "previous 4 hours"),
        (FOUR_HOURS, Against("1w"), "same hours a week earlier"),
        (FOUR_HOURS, Against("date", at(0, days=-28)), "2 Feb, 00:00 – 04:00"),
        (Scope(at(0), at(24), at(24)), Against(), "previous day"),
        (Scope.last(timedelta(days=28), at(9)), Against(), "previous 4 weeks"),
        # Without a start it is the period before, and says so.
        (WEEK, Against("date"), "previous 7 days"),
    ],
)
def test_what_is_compared_with_in_words(scope: Scope, against: Against, words: str):
    assert against_words(scope, against) == words


def test_a_period_in_words():
    assert period_words(WEEK) == "2 Mar – 8 Mar"
    assert period_words(Scope(at(0), at(24), at(24))) == "2 Mar"
    assert period_words(FOUR_HOURS) == "2 Mar, 08:00 – 12:00"
    assert period_words(Scope(at(8), at(36), at(36))) == "2 Mar, 08:00 – 3 Mar, 12:00"
    assert period_words(WEEK.shifted(timedelta(days=-364))) == "3 Mar – 9 Mar"
    in_2025 = Scope(at(0, days=-365), at(0, days=-358), at(0))
    assert period_words(in_2025) == "2 Mar 2025 – 8 Mar 2025"
    assert period_words(Scope(at(0), at(24), at(24), "Asia/Tokyo")) == "2 Mar, 09:00 – 3 Mar, 09:00"
