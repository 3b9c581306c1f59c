"""`measure`: dimensions, buckets, filters and several scopes, all of them against the totals."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from dashboard.errors import ScopeInvalid, UnknownDimension, UnknownMetric
from dashboard.metrics.facts import FACTS
from dashboard.metrics.kinds import Count, Share
from dashboard.metrics.registry import METRICS
from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.conftest import Warehouse, conversation
from tests.metrics.random_warehouse import FIRST, GRID, STEPS, fill, random_rows
from tests.metrics.story import known

ALL = list(METRICS)
WINDOW = Scope(FIRST, FIRST + STEPS * GRID, FIRST + (STEPS + 48) * GRID)
SUMMED = [key for key, metric in METRICS.items() if isinstance(metric.kind, Count | Share)]


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse, random_rows(conversations=150, background=80))
    # The hour that happens twice, in an account of its own.
    night = [
        conversation(
            f"night-{minute}", datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=minute)
        )
        for minute in range(0, 240, 20)
    ]
    warehouse.add("conversations", [{**row, "account_id": "night"} for row in night])


def sums(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Metric → its numerators and its denominators, added up."""
    return {
        key: (rows["numerator"].fillna(0).sum(), rows["denominator"].fillna(0).sum())
        for key, rows in frame.groupby("metric")
    }


DIMENSIONS = [
    (fact.key, dimension.key)
    for fact in FACTS.values()
    # No metric counts a base by itself.
    if not fact.is_base
    for dimension in fact.dimensions
]


@pytest.mark.parametrize(("fact", "dimension"), DIMENSIONS)
def test_a_breakdown_adds_up_to_the_total(fact: str, dimension: str):
    metrics = [
        key
        for key in SUMMED
        if METRICS[key].facts == (fact,) and dimension in {d.key for d in METRICS[key].dimensions}
    ]
    dating = "event" if fact == "ratings" else "episode"
    if fact == "ratings":
        metrics = [key for key, metric in METRICS.items() if metric.by_event]
    if fact == "handoffs":
        metrics = ["escalations", "time_to_human_p50"]
    assert metrics
    total = sums(measure(metrics, WINDOW, dating=dating))
    broken_down = measure(metrics, WINDOW, by=[dimension], dating=dating)
    assert sums(broken_down) == total
    assert not broken_down.duplicated(["metric", dimension]).any()


@pytest.mark.parametrize("bucket", ["15min", "hour", "day", "week", "month"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata"])
def test_a_trend_adds_up_to_the_total(bucket: str, zone: str):
    flows = [key for key in SUMMED if not FACTS[METRICS[key].facts[0]].is_snapshot]
    scope = Scope(WINDOW.since, WINDOW.until, WINDOW.as_of, zone)
    trend = measure(flows, scope, bucket=bucket)
    assert sums(trend) == sums(measure(flows, scope))
    for _, rows in trend.groupby("metric"):
        assert rows["bucket"].is_monotonic_increasing
        assert rows["bucket"].is_unique


def nights(zone: str, bucket: str, since: str, until: str) -> list[float | None]:
    scope = Scope(
        datetime.fromisoformat(since),
        datetime.fromisoformat(until),
        WINDOW.as_of + timedelta(365),
        zone,
    )
    trend = measure(["episodes"], scope.where("account", "night"), bucket=bucket)
    return [known(value) for value in trend["value"]]


def test_the_hour_that_happens_twice_is_two_buckets():
    # Every 20 minutes from 2:00 in summer to 4:59 in winter time: four hours of three.
    berlin = ("2026-10-24T22:00Z", "2026-10-25T05:00Z")
    assert nights("Europe/Berlin", "hour", *berlin) == [0, 0, 3, 3, 3, 3, 0]
    assert nights("Europe/Berlin", "day", "2026-10-24T00:00Z", "2026-10-27T00:00Z") == [0, 12, 0, 0]


def test_hours_of_a_zone_that_is_half_an_hour_off():
    # From 5:30 to 9:29 in Kolkata: two of the first hour, then three an hour, one of the last.
    assert nights("Asia/Kolkata", "hour", "2026-10-24T23:30Z", "2026-10-25T04:30Z") == [
        2,
        3,
        3,
        3,
        1,
    ]


def test_the_day_the_clocks_go_forward_has_23_hours(warehouse: Warehouse):
    hours = [
        datetime(2026, 3, 28, 23, tzinfo=UTC) + timedelta(hours=hour) for hour in range(-1, 24)
    ]
    rows = [conversation(f"hour-{number}", hour) for number, hour in enumerate(hours)]
    warehouse.add("conversations", [{**row, "account_id": "spring"} for row in rows])
    scope = Scope(hours[0], hours[-1] + GRID, WINDOW.as_of, "Europe/Berlin")
    trend = measure(["episodes"], scope.where("account", "spring"), bucket="day")
    assert [known(value) for value in trend["value"]] == [1, 23, 1]


def test_a_trend_has_a_row_for_every_bucket_before_the_asking_and_none_after():
    scope = Scope(
        FIRST - timedelta(days=30), FIRST + timedelta(days=30), FIRST + timedelta(hours=30)
    )
    trend = measure(["episodes", "csat"], scope, bucket="day")
    for key in ("episodes", "csat"):
        rows = trend[trend["metric"] == key]
        assert len(rows) == 32
        assert rows["bucket"].max() == FIRST + timedelta(days=1)
    assert (trend.loc[trend["metric"] == "episodes", "value"][:30] == 0).all()
    assert trend.loc[trend["metric"] == "csat", "value"][:30].isna().all()


def test_a_trend_asked_before_its_window_is_empty_and_keeps_its_columns():
    scope = Scope(FIRST, FIRST + timedelta(days=1), FIRST - timedelta(days=1))
    trend = measure(ALL, scope, by=["topic"], bucket="hour")
    assert trend.empty
    assert list(trend.columns)[:4] == ["metric", "bucket", "topic", "value"]
    assert measure(ALL, scope, bucket="hour").empty


def test_what_is_not_known_is_none_and_not_an_empty_text():
    groups = measure(["episodes"], WINDOW, by=["topic", "version"])
    assert None in set(groups["topic"])
    assert "" in set(groups["topic"])
    assert not any(isinstance(value, float) for value in (*groups["topic"], *groups["version"]))


def test_filters_pick_the_groups_of_the_breakdown():
    groups = measure(["episodes"], WINDOW, by=["topic"])
    by_topic = dict(zip(groups["topic"], groups["value"], strict=True))
    assert len(by_topic) == 4
    for topic, count in by_topic.items():
        only = measure(["episodes"], WINDOW.where("topic", topic))["value"]
        assert list(only) == [count]
    some = measure(["episodes"], WINDOW.where("topic", None, "billing", "no such topic"))["value"]
    assert list(some) == [by_topic[None] + by_topic["billing"]]


def test_filters_of_two_dimensions_both_hold():
    groups = measure(["episodes"], WINDOW, by=["topic", "version"])
    expected = groups[(groups["topic"] == "billing") & groups["version"].isna()]["value"]
    both = measure(["episodes"], WINDOW.where("topic", "billing").where("version", None))["value"]
    assert list(both) == list(expected)


def test_a_filter_is_bound_not_pasted():
    nasty = "billing'); drop table conversations; --"
    assert list(measure(["episodes"], WINDOW.where("topic", nasty))["value"]) == [0]
    assert measure(["episodes"], WINDOW)["value"][0] > 0


def test_several_scopes_in_one_call_equal_the_single_calls():
    scopes = [
        WINDOW,
        WINDOW.shifted(timedelta(days=-3)),
        WINDOW.where("topic", None, "billing"),
        Scope(FIRST, FIRST + timedelta(days=3), FIRST + timedelta(days=2, hours=7), "Asia/Kolkata"),
        Scope(FIRST - timedelta(days=9), FIRST - timedelta(days=8), FIRST),
    ]
    for asked in ({}, {"by": ["topic"]}, {"bucket": "day"}, {"bucket": "day", "by": ["channel"]}):
        together = measure(ALL, scopes, **asked)
        for position, scope in enumerate(scopes):
            mine = together[together["frame"] == position].drop(columns="frame")
            assert rows(mine, asked) == rows(measure(ALL, scope, **asked), asked)


def rows(frame: pd.DataFrame, asked: dict) -> dict[tuple, tuple]:
    keys = ["metric", *(["bucket"] if "bucket" in asked else []), *asked.get("by", [])]
    found = {
        tuple(row[key] for key in keys): tuple(
            known(row[name]) for name in ("value", "n", "low", "high", "least", "most")
        )
        for row in frame.to_dict("records")
    }
    assert len(found) == len(frame)
    return found


def test_an_unknown_metric_dimension_or_bucket_says_what_there_is():
    with pytest.raises(UnknownMetric, match="Did you mean containment_rate"):
        measure(["containment"], WINDOW)
    with pytest.raises(UnknownDimension, match=r"Available: topic, channel, .*queue"):
        measure(["episodes"], WINDOW, by=["system"])
    with pytest.raises(UnknownDimension, match="Spans have no dimension 'outcome'"):
        measure(["spans"], WINDOW.where("outcome", "pending"))
    # Its handoffs have a system no more than its episodes.
    with pytest.raises(UnknownDimension):
        measure(["escalation_rate"], WINDOW, by=["system"])
    with pytest.raises(ScopeInvalid, match=r"Use one of 5min, .*month"):
        measure(["episodes"], WINDOW, bucket="fortnight")
    with pytest.raises(ScopeInvalid, match=r"Use one of 5min, .*month"):
        measure(["open_handoffs"], WINDOW, bucket="fortnight")
