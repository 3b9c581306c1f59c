"""Hours of the week: sums, means of unequal time, and clocks that change."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from dashboard.query.measure import measure
from dashboard.reports.escalations.hours_of_week import (
    Hour,
    cells,
    hours_of_week,
    sentence,
    window_of,
)
from dashboard.scope import Scope
from tests.chance import tries
from tests.conftest import Warehouse, at
from tests.metrics.random_warehouse import fill, random_rows, scopes

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse, random_rows())


def hours(first: datetime, counts: list[int]) -> list[Hour]:
    return [Hour(first + i * HOUR, first + (i + 1) * HOUR, n) for i, n in enumerate(counts)]


def test_the_same_hour_of_two_weeks_is_one_cell():
    first, second = at(9), at(9, days=7)
    (cell,) = cells([*hours(first, [4]), *hours(second, [8])], "UTC")
    assert (cell.weekday, cell.hour, cell.count, cell.length, cell.mean) == (0, 9, 12, 2.0, 6.0)
    assert [hour.since for hour in cell.hours] == [second, first]


def test_a_cut_hour_counts_as_the_part_it_is():
    # Three handoffs in the quarter of an hour that the window has of it: twelve an hour.
    cut = Hour(at(9.75), at(10), 3)
    (cell,) = cells([cut], "UTC")
    assert (cell.count, cell.length, cell.mean) == (3, 0.25, 12.0)
    (cell,) = cells([cut, *hours(at(9, days=7), [7])], "UTC")
    assert cell.mean == pytest.approx(10 / 1.25)


def test_an_hour_of_no_length_is_none():
    assert cells([Hour(at(9), at(9), 0)], "UTC") == []


def test_the_hour_that_comes_twice_is_one_cell_of_two_hours():
    # On Sunday 25 October 2026 it is 2:00 to 3:00 in Berlin twice, and in spring never.
    night = datetime(2026, 10, 25, tzinfo=BERLIN)
    found = cells(hours(night.astimezone(at(0).tzinfo), [1] * 25), "Europe/Berlin")
    assert [(cell.hour, cell.length) for cell in found[:4]] == [(0, 1), (1, 1), (2, 2), (3, 1)]
    assert sum(cell.count for cell in found) == 25


def test_a_short_window_is_lengthened_to_four_weeks():
    day = Scope(at(0), at(24), at(24))
    assert window_of(day, None).since == at(24, days=-28)
    assert window_of(day, None).until == day.until
    # The history starts ten days before: hours before it would count as hours without handoffs.
    assert window_of(day, at(0, days=-10)).since == at(0, days=-10)
    quarter = Scope(at(0, days=-90), at(0), at(0))
    assert window_of(quarter, at(0, days=-200)).since == quarter.since
    # A window before all history stays what it is.
    assert window_of(quarter, at(10)) == quarter


@tries(12)
@given(scopes())
def test_cells_sum_to_the_figure(scope: Scope):
    counted, found = hours_of_week("escalations", scope)
    total = measure(["escalations"], counted).iloc[0]["value"]
    assert sum(cell.count for cell in found) == total
    assert len(found) <= 168
    end = min(counted.until, counted.as_of)
    # Hours are listed where the window had begun by the instant of asking.
    assert bool(found) == (end > counted.since)
    if found:
        assert sum(cell.length for cell in found) == pytest.approx((end - counted.since) / HOUR)
        for cell in found[:3]:
            latest = cell.hours[0]
            inside = Scope(
                latest.since, latest.until, counted.as_of, counted.time_zone, counted.filters
            )
            assert measure(["escalations"], inside).iloc[0]["value"] == latest.count


def test_the_sentence():
    # Monday 9:00 has 6, Saturday 12:00 has 2: a quarter comes outside working hours.
    found = cells([*hours(at(9), [6]), *hours(at(12, days=5), [2])], "UTC")
    assert sentence(found) == (
        "Busiest: Mondays 09:00–10:00, 6.0 per hour. 25 % fall outside Monday to Friday, 8:00–18:00."
    )
    assert sentence(cells(hours(at(9), [0]), "UTC")) == "No handoffs in this period."
