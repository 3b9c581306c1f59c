"""What goes to a human, and how long it waits there."""

from dataclasses import replace

from dashboard.metrics.definitions.counts import (
    ANSWERED_OR_WAITING,
    HANDOFFS,
    INVOLVED,
    NO_LONGER_WAITING,
    NOT_EXCLUDED,
    UNANSWERED,
)
from dashboard.metrics.distributions import WaitingQuantile
from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import Count, PerHundred, Share
from dashboard.metrics.metric import Metric


def _waiting(q: float) -> Metric:
    percent = f"p{100 * q:.0f}"
    return Metric(
        f"time_to_human_{percent}",
        f"Time to human {percent}",
        group="Escalation",
        definition="The time from handoff to the first human reply within which "
        f"{100 * q:.0f} % of handoffs are answered, in whole seconds; handoffs still waiting are "
        "censored (Kaplan-Meier).",
        excludes=f"{NOT_EXCLUDED}; conversations with assigned instead of measured times",
        unit="seconds",
        good="down",
        kind=WaitingQuantile(ANSWERED_OR_WAITING, "answered_after_s", "waited_s", q),
        cards_on=("escalations",),
        trend_on=("escalations",),
    )


METRICS = (
    Metric(
        "escalations",
        "Escalations",
        group="Escalation",
        definition="Handoffs, dated by the handoff.",
        excludes=NOT_EXCLUDED,
        unit="count",
        good="down",
        kind=Count(HANDOFFS),
        cards_on=("escalations",),
        trend_on=("escalations",),
    ),
    Metric(
        "escalation_rate",
        "Escalation rate",
        group="Escalation",
        definition="Handoffs, dated by the handoff, per 100 involved episodes, dated by their start.",
        excludes=NOT_EXCLUDED,
        unit="per 100",
        good="down",
        kind=PerHundred(HANDOFFS, replace(INVOLVED, fact="involvement")),
        cards_on=("escalations",),
        trend_on=("escalations",),
    ),
    Metric(
        "open_handoffs",
        "Open handoffs",
        group="Escalation",
        definition="Handoffs that no human has answered, in episodes that have not ended, at the as-of time.",
        excludes=NOT_EXCLUDED,
        unit="count",
        good="down",
        kind=Count(RowCount("waiting_handoffs", "handoffs waiting")),
        cards_on=("escalations",),
    ),
    *(_waiting(q) for q in (0.5, 0.9)),
    Metric(
        "unanswered_rate",
        "Unanswered",
        group="Escalation",
        excludes=f"{NOT_EXCLUDED}; handoffs still waiting",
        unit="share",
        good="down",
        kind=Share(UNANSWERED, NO_LONGER_WAITING),
        cards_on=("escalations",),
        trend_on=("escalations",),
    ),
)
