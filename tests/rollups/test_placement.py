"""What cannot be rolled up is refused when the groups are made, by the name of metric and column."""

from datetime import timedelta

import pytest

from dashboard.errors import MetricInvalid
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS
from dashboard.rollups.definitions import ROLLUP_GROUPS, group_of
from dashboard.rollups.placement import place, with_columns
from tests.rollups.strangers import WORKING, counting

DAY = timedelta(hours=24)
ESCAPE = "Say rolled_up=False where its rows are counted, and it is read from the facts each time."


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        (
            counting("low_and_back", "rating < 3 and next_episode_at is not null"),
            "mentions columns of different rollup groups: 'next_episode_at' (durable_24_hours or"
            " durable_72_hours or durable_168_hours), 'rating' (rated)",
        ),
        (
            counting("back", "is_resolved and next_episode_at is not null"),
            "mentions 'next_episode_at' and does not say matures_after",
        ),
        (
            counting("waited_long", "waited_s > 3600", "handoffs"),
            "mentions 'waited_s', which may change after the rest of the row is final",
        ),
        (
            counting("rated_low", "rating < 3", "handoffs"),
            "mentions 'rating', which may change after the rest of the row is final",
        ),
        (
            counting(
                "back_in_two_days",
                "is_resolved and next_episode_at < ended_at + interval '2 days'",
                matures_after=DAY,
            ),
            "looks 48 hours ahead, longer than its matures_after",
        ),
        (
            counting(
                "back_in_a_while",
                "is_resolved and next_episode_at < ended_at + interval '1 day 2 hours'",
                matures_after=DAY,
            ),
            "cannot be read: INTERVAL '1 day 2 hours' is no number of hours or days",
        ),
        (
            counting(
                "left_and_back", "is_escalated and next_episode_at is null", matures_after=DAY
            ),
            "mentions 'is_escalated'; durable_24_hours is summed from rows that have account_id, ",
        ),
        (
            counting("any_and_back", "next_episode_at is null or is_resolved", matures_after=DAY),
            "counts more rows than durable_24_hours is summed from: add `is_resolved and`",
        ),
        (
            counting("later", "is_waiting", "handoffs", matures_after=DAY),
            "has a matures_after, for which handoffs have no sums",
        ),
    ],
    ids=lambda given: given.key if isinstance(given, Metric) else "",
)
def test_a_strangers_mistake_is_told(planted: Metric, fault: str):
    with pytest.raises(MetricInvalid) as refused:
        with_columns(ROLLUP_GROUPS, [*METRICS.values(), planted])
    (aggregate,) = planted.kind.asked()
    assert refused.value.message.startswith(
        f"Metric {planted.key!r} cannot be rolled up: {aggregate.sql} {fault}"
    )
    assert refused.value.hint == ESCAPE


def test_what_is_not_rolled_up_may_mention_any_column():
    planted = counting(
        "low_and_back", "rating < 3 and next_episode_at is not null", rolled_up=False
    )
    assert with_columns(ROLLUP_GROUPS, [planted])


def groups_of(key: str) -> list[str]:
    (metric,) = (metric for metric in WORKING if metric.key == key)
    return [place(key, a, ROLLUP_GROUPS).key for a in metric.kind.asked() if a.rolled_up]


def test_the_group_follows_from_the_columns():
    assert groups_of("an_in_list") == ["episodes"]
    assert groups_of("a_quoted_rating") == ["episodes"]
    assert groups_of("commented") == ["rated"]
    assert groups_of("commented_by_event") == ["ratings"]
    assert groups_of("back_within_a_day") == ["durable_24_hours"]
    assert groups_of("mean_duration") == ["latency", "spans", "spans"]


def test_every_sum_has_a_column_of_its_own():
    for group in with_columns(ROLLUP_GROUPS, [*METRICS.values(), *WORKING]):
        assert len(set(group.columns.values())) == len(group.columns) > 0
        assert all(name and len(name) < 64 for name in group.columns.values())


def test_a_window_of_durability_makes_its_group():
    kind = METRICS["durable_resolution_rate_7d"].kind
    (counted, *_) = kind.asked()
    group = group_of("episodes", counted.sql)
    assert group is not None
    assert group.matures_after == timedelta(days=7)
