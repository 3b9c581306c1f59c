"""Metrics as a stranger writes them: those that are to work, rolled up or read from the facts."""

from datetime import timedelta

from dashboard.metrics.definitions.counts import EPISODES, HANDOFFS, TIMED
from dashboard.metrics.distributions import Mean, Quantile
from dashboard.metrics.figure import Kind, RowCount
from dashboard.metrics.kinds import Count, Share
from dashboard.metrics.metric import Metric


def metric(key: str, kind: Kind, unit: str = "count") -> Metric:
    return Metric(
        key,
        f"A stranger's {key}",
        group="Volume",
        kind=kind,
        unit=unit,
        good="neither",
        excludes="Nothing",
    )


def counting(key: str, where: str, fact: str = "episodes", **said) -> Metric:
    return metric(key, Count(RowCount(fact, f"rows of {key}", where, **said)))


DAY = timedelta(hours=24)
WORKING = [
    counting("an_in_list", "closing_signal in ('negative')"),
    counting("a_longer_list", "handoff_reason in ('policy', 'knowledge_gap')", "handoffs"),
    counting("a_case", "case when ended_at is null then topic = 'billing' else is_involved end"),
    counting("a_cast", "cast(handoff_at as text) like '2026-04-%'", "handoffs"),
    counting("a_short_cast", "started_at::date >= '2026-03-28'"),
    counting("nested_functions", "coalesce(nullif(lower(trim(topic)), ''), channel) <> 'chat'"),
    counting(
        "a_quoted_rating", "topic <> 'rating' and channel <> 'known_until - interval ''1 day'''"
    ),
    counting("a_duration", "duration_ms > 1000", "spans"),
    counting("a_length", "ended_at - started_at > interval '45 minutes'"),
    counting("capitals", "Is_Involved AND NOT Is_Pending"),
    counting("placed_times", "times_placed and handoff_reason is null", "handoffs"),
    counting("stars_of_a_rating", "stars in ('4', '5')"),
    counting("commented", "rating_comment is not null"),
    counting("commented_by_event", "rating_comment is not null", "ratings"),
    counting(
        "back_within_a_day",
        "is_resolved and next_episode_at < ended_at + interval '1 day'",
        matures_after=DAY,
    ),
    counting("back_later", "next_episode_at is not null and is_escalated", rolled_up=False),
    counting("rated_and_back", "rating < 3 and next_episode_at is not null", rolled_up=False),
    # A description that another has already, and one of which no name can be made.
    metric(
        "same_words", Share(RowCount("episodes", "episodes", "channel = 'chat'"), EPISODES), "share"
    ),
    metric("no_latin_words", Count(RowCount("spans", "средних вызовов", "is_recovered"))),
    metric("mean_duration", Mean(TIMED, "duration_ms"), "milliseconds"),
    # A quantile of other rows than those that the histogram counts, and of another column.
    metric(
        "failed_p50",
        Quantile(
            RowCount("spans", "failed spans", "is_failed and duration_ms > 0"), "duration_ms", 0.5
        ),
        "milliseconds",
    ),
    metric("start_p50", Quantile(TIMED, "extract(minute from started_at)", 0.5), "milliseconds"),
    metric(
        "urgent",
        Share(RowCount("handoffs", "urgent ones", "handoff_queue = 'tier2'"), HANDOFFS),
        "share",
    ),
]
