"""How customers rate it."""

from dashboard.metrics.definitions.counts import CONTAINED, ENDED, NOR_PENDING, NOT_EXCLUDED
from dashboard.metrics.distributions import Mean
from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import Count, Share
from dashboard.metrics.metric import Metric


def _rated(fact: str) -> RowCount:
    return RowCount(fact, "ratings", "rating is not null")


def _satisfied(fact: str) -> Share:
    return Share(RowCount(fact, "ratings of 4 and 5", "rating >= 4"), _rated(fact))


def _low_on_contained(fact: str) -> Share:
    rated = f"({CONTAINED.where}) and rating is not null"
    return Share(
        RowCount(fact, "ratings of 1 and 2 on contained episodes", f"{rated} and rating <= 2"),
        RowCount(fact, "ratings of contained episodes", rated),
    )


METRICS = (
    Metric(
        "csat",
        "CSAT",
        group="Satisfaction",
        excludes=NOT_EXCLUDED,
        unit="share",
        good="up",
        kind=_satisfied("episodes"),
        by_event=_satisfied("ratings"),
        cards_on=("satisfaction", "account"),
        trend_on=("satisfaction",),
    ),
    Metric(
        "csat_mean",
        "Mean rating",
        group="Satisfaction",
        definition="The mean of all ratings, on a scale of 1 to 5.",
        excludes=NOT_EXCLUDED,
        unit="score",
        good="up",
        kind=Mean(_rated("episodes"), "rating"),
        by_event=Mean(_rated("ratings"), "rating"),
        cards_on=("satisfaction",),
        trend_on=("satisfaction",),
    ),
    Metric(
        "ratings",
        "Ratings",
        group="Satisfaction",
        definition="Episodes that the customer rated.",
        excludes=NOT_EXCLUDED,
        unit="count",
        good="neither",
        kind=Count(_rated("episodes")),
        by_event=Count(_rated("ratings")),
        cards_on=("satisfaction",),
        trend_on=("satisfaction",),
    ),
    Metric(
        "csat_response_rate",
        "Response rate",
        group="Satisfaction",
        excludes=NOR_PENDING,
        unit="share",
        good="neither",
        kind=Share(
            RowCount(
                "episodes",
                "episodes that were rated",
                "ended_at is not null and rating is not null",
            ),
            ENDED,
        ),
        cards_on=("satisfaction",),
        trend_on=("satisfaction",),
    ),
    Metric(
        "contained_low_rate",
        "Low-rated contained",
        group="Satisfaction",
        excludes=f"{NOR_PENDING}; escalated episodes",
        unit="share",
        good="down",
        kind=_low_on_contained("episodes"),
        by_event=_low_on_contained("ratings"),
        cards_on=("satisfaction",),
        trend_on=("satisfaction",),
    ),
)
