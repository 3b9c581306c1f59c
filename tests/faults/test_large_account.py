"""An account with 20,000 episodes: its pages open, in time, and send the browser no more than it can hold."""

import time

import pytest

from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.conftest import Warehouse, at
from tests.faults import large_account
from tests.pages.drawn import html_of

EPISODES = 20_000
_LONGEST_SECONDS = 10
_MOST_BYTES = 3_000_000


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    large_account.fill(EPISODES)


@pytest.mark.parametrize("name", large_account.pages())
def test_its_pages_open_in_time(name: str):
    started = time.monotonic()
    page = large_account.pages()[name]()
    assert time.monotonic() - started < _LONGEST_SECONDS
    assert not page.exception
    assert not page.error
    assert not any("did not answer" in warning.value for warning in page.warning)
    charts = sum(len(chart.proto.spec) for chart in page.get("plotly_chart"))
    assert 0 < charts + len(html_of(page)) < _MOST_BYTES


def test_every_episode_is_counted():
    [row] = measure(
        ["episodes"], Scope(at(0, days=-10), at(0, days=100), at(0, days=100))
    ).itertuples()
    assert row.value == EPISODES
