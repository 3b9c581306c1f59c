"""A loader whose clock is ahead of the control room's, or behind: nothing is lost, nothing counted twice,
and no age is below zero."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.components.wall.payload import payload
from dashboard.query.cache import CachedResult
from dashboard.query.measure import measure
from dashboard.reports.shared.freshness import Freshness, freshness
from dashboard.reports.wall.wall import wall
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope
from tests.conftest import Warehouse, at, conversation, span
from tests.present import present

NOW = at(12, days=35)
STALE_AFTER = timedelta(minutes=15)
AHEAD = timedelta(minutes=10)


EACH = 2 * 24 * 34
"""Episodes that a feed brought."""


def episodes(since: datetime, until: datetime, as_of: datetime) -> int:
    [row] = measure(["episodes"], Scope(since, until, as_of)).itertuples()
    return int(row.value)


def judged(source: str, instant: datetime) -> Freshness:
    [found] = [f for f in freshness(instant, STALE_AFTER) if f.source == source]
    return found


@pytest.fixture(scope="module", autouse=True)
def _feeds(warehouse: Warehouse) -> None:
    """Every half hour for five weeks, and by feed the newest at the loader's own noon."""
    rows = []
    for source, skew in (("ahead", AHEAD), ("behind", -AHEAD), ("right", timedelta())):
        for number in range(EACH):
            started = NOW + skew - timedelta(minutes=30 * number)
            rows.append(conversation(f"{source}-{number}", started, source=source))
    warehouse.add("conversations", rows)
    # What a feed brings is stamped by its own clock.
    warehouse.run("update conversations set loaded_at = started_at")
    warehouse.add("spans", [span(1, NOW + AHEAD)])
    warehouse.run("update spans set loaded_at = started_at")


def test_what_is_ahead_of_the_clock_counts_when_its_time_comes_and_once():
    start, later = NOW - timedelta(days=60), NOW + timedelta(hours=1)
    # The one ahead has not happened yet; the one of this very instant is in the next window.
    assert episodes(start, NOW, NOW) == 3 * EACH - 2
    assert episodes(start, later, later) == 3 * EACH
    assert episodes(start, NOW, later) + episodes(NOW, later, later) == 3 * EACH


@pytest.mark.parametrize("source", ["ahead", "behind", "right"])
def test_ages_are_never_below_zero_and_a_steady_feed_is_fresh(source: str):
    found = judged(source, NOW)
    assert present(found.event_age) >= timedelta()
    assert present(found.load_age) >= timedelta()
    assert not found.is_stale


def test_a_feed_ahead_is_as_old_as_what_has_come_due():
    assert judged("ahead", NOW).event_age == timedelta(minutes=20)
    assert judged("ahead", NOW + AHEAD).event_age == timedelta()
    assert judged("behind", NOW).event_age == AHEAD


def test_spans_that_are_all_ahead_are_not_there_yet():
    assert judged("traces", NOW).event_age is None
    assert judged("traces", NOW + AHEAD).event_age == timedelta()


def test_the_wall_is_drawn_and_says_how_old_each_feed_is():
    shown = payload(
        wall(Scope.last(timedelta(hours=4), NOW)), OpenScope(length=timedelta(hours=4), as_of=NOW)
    )
    events = {row["source"]: row["event"] for row in shown["freshness"]}
    assert events == {
        "ahead": "20 min ago",
        "behind": "10 min ago",
        "right": "0 s ago",
        "traces": "never",
    }
    assert all("-" not in row["load"] for row in shown["freshness"])


def test_figures_are_never_of_the_future():
    set_back = CachedResult("figures", datetime.now(UTC) + AHEAD, None)
    assert set_back.age_seconds() == 0
