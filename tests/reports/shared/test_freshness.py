"""Old or only quiet: what a feed's own history says of a silence."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dashboard.reports.shared.freshness import Freshness, freshness
from tests.conftest import Warehouse, at, conversation, span

NOW = at(12, days=35)
STALE_AFTER = timedelta(minutes=15)


@pytest.fixture(scope="module")
def judged(new_warehouse: Callable[[str], Warehouse]) -> dict[str, Freshness]:
    feeds = new_warehouse("feeds")
    rows = []

    def feed(source: str, hours_ago: list[float]) -> None:
        for number, ago in enumerate(hours_ago):
            rows.append(
                conversation(f"{source}-{number}", NOW - timedelta(hours=ago), source=source)
            )

    month = [ago / 2 for ago in range(0, 2 * 24 * 34)]
    feed("busy", month)
    # Every half hour for five weeks, and nothing for the last four hours.
    feed("broken", [ago for ago in month if ago >= 4])
    # Once a day: four hours of silence bring less than one event.
    feed("rare", [24.0 * day + 4 for day in range(34)])
    # Ten minutes of events half a year ago, and never again.
    feed("import", [24 * 180 + number / 60 for number in range(10)])
    # A year of history that was loaded a moment ago.
    feed("backfill", [24.0 * day for day in range(30, 365)])
    # Five weeks of it, and broken for eight days.
    feed("long broken", [ago for ago in month if ago >= 8 * 24])
    # Three days old, and silent for five hours.
    feed("young", [5 + hour for hour in range(72)])
    feeds.add("conversations", rows)
    feeds.run("update conversations set loaded_at = started_at")
    feeds.run(f"update conversations set loaded_at = '{NOW}' where source = 'backfill'")
    feeds.add("spans", [span(1, NOW - timedelta(minutes=5))])
    feeds.run("update spans set loaded_at = started_at")
    return {found.source: found for found in freshness(NOW, STALE_AFTER)}


@pytest.mark.parametrize(
    ("source", "is_stale"),
    [
        ("busy", False),
        ("broken", True),
        ("rare", False),
        ("import", False),
        ("young", True),
        ("backfill", False),
        ("long broken", True),
        ("traces", False),
    ],
)
def test_stale(judged: dict[str, Freshness], source: str, is_stale: bool):
    assert judged[source].is_stale is is_stale


def test_ages(judged: dict[str, Freshness]):
    assert judged["broken"].event_age == timedelta(hours=4)
    assert judged["broken"].load_age == timedelta(hours=4)
    assert judged["traces"].relation == "spans"
    assert judged["traces"].event_age == timedelta(minutes=5)


def test_an_earlier_instant_sees_the_feed_as_it_was(judged: dict[str, Freshness]):
    found = {f.source: f for f in freshness(NOW - timedelta(hours=4), STALE_AFTER)}
    assert found["broken"].event_age == timedelta(0)
    assert not found["broken"].is_stale


def test_nothing_at_all_is_stale(new_warehouse: Callable[[str], Warehouse]):
    new_warehouse("empty")
    [traces] = freshness(NOW, STALE_AFTER)
    assert (traces.source, traces.event_age, traces.is_stale) == ("traces", None, True)
