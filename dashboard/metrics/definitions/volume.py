"""How much there is: what every share is a share of."""

from dashboard.metrics.definitions.counts import (
    ANSWERED,
    EPISODES,
    INVOLVED,
    INVOLVED_SHARE,
    NOT_EXCLUDED,
)
from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import Count, Share
from dashboard.metrics.metric import Metric

METRICS = (
    Metric(
        "episodes",
        "Episodes",
        group="Volume",
        definition="Conversations, dated by their start.",
        excludes=NOT_EXCLUDED,
        unit="count",
        good="neither",
        kind=Count(EPISODES),
        cards_on=("account",),
    ),
    Metric(
        "excluded_episodes",
        "Excluded",
        group="Volume",
        definition="Test, spam and outbound conversations, which no other figure counts.",
        excludes="Nothing",
        unit="count",
        good="neither",
        kind=Count(RowCount("excluded_episodes", "excluded conversations")),
    ),
    Metric(
        "involved_rate",
        "Involved",
        group="Volume",
        definition="Episodes in which the AI answered or handed off, as a share of episodes.",
        excludes=NOT_EXCLUDED,
        unit="share",
        good="neither",
        kind=INVOLVED_SHARE,
    ),
    Metric(
        "answered_rate",
        "Answered",
        group="Volume",
        excludes=NOT_EXCLUDED,
        unit="share",
        good="neither",
        kind=Share(ANSWERED, INVOLVED),
    ),
)
