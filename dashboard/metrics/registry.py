"""The metric registry: every definition, once.

Cards, trends, breakdowns, drill-downs, tooltips, the glossary and the command line read it. A new
metric is one entry here and one expectation worked out by hand in `tests/metrics`.
"""

import difflib
from dataclasses import replace
from datetime import timedelta

from dashboard.errors import UnknownMetric
from dashboard.metrics.dimensions import DIMENSIONS, INNER_DIMENSIONS
from dashboard.metrics.distributions import Mean, Quantile, WaitingQuantile
from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import Count, DurableShare, PerHundred, Product, Share
from dashboard.metrics.metric import Metric
from dashboard.metrics.validation import check_dimensions, check_metrics
from dashboard.stats.histogram import ERROR

_NOT_EXCLUDED = "Test, spam and outbound conversations"
_NOR_PENDING = f"{_NOT_EXCLUDED}; episodes that have not ended"
_SPANS_EXCLUDED = "Spans from the customer's own device; spans in excluded conversations"
_HOURS = {"24h": "24 hours", "72h": "72 hours", "7d": "7 days"}
_LENGTHS = {"24h": timedelta(hours=24), "72h": timedelta(hours=72), "7d": timedelta(days=7)}

EPISODES = RowCount("episodes", "episodes")
INVOLVED = RowCount("episodes", "involved episodes", "is_involved")
ANSWERED = RowCount("episodes", "episodes the AI answered", "first_ai_reply_at is not null")
SETTLED = RowCount(
    "episodes", "involved episodes that are not pending", "is_involved and not is_pending"
)
CONTAINED = RowCount(
    "episodes",
    "involved episodes that ended without escalation",
    "is_involved and not is_pending and not is_escalated",
)
RESOLVED = RowCount("episodes", "resolved episodes, confirmed or assumed", "is_resolved")
CONFIRMED = RowCount("episodes", "episodes the customer confirmed", "outcome = 'confirmed'")
ENDED = RowCount("episodes", "episodes that have ended", "ended_at is not null")
HANDOFFS = RowCount("handoffs", "handoffs")
SPANS = RowCount("spans", "spans")
FAILED = RowCount("spans", "failed spans", "is_failed")
TIMED = RowCount("spans", "spans with a measured duration", "duration_ms is not null")
NO_LONGER_WAITING = RowCount("handoffs", "handoffs no longer waiting", "not is_waiting")
UNANSWERED = RowCount(
    "handoffs",
    "handoffs whose episode ended without a human reply",
    "not is_waiting and first_human_reply_at is null",
)
ANSWERED_OR_WAITING = RowCount("handoffs", "handoffs with measured times", "not times_placed")

_INVOLVED_SHARE = Share(INVOLVED, EPISODES)
_RESOLVED_SHARE = Share(RESOLVED, SETTLED)


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


def _mature(window: str) -> RowCount:
    return RowCount(
        "episodes",
        f"resolved episodes that ended at least {_HOURS[window]} before the as-of time",
        f"is_resolved and ended_at <= known_until - interval '{_HOURS[window]}'",
        matures_after=_LENGTHS[window],
    )


def _durable(window: str) -> Metric:
    hours = _HOURS[window]
    no_return = f"coalesce(next_episode_at >= ended_at + interval '{hours}', true)"
    mature = _mature(window)
    return Metric(
        f"durable_resolution_rate_{window}",
        f"Durable resolution {window}",
        "Resolution",
        "",
        f"{_NOR_PENDING}; episodes that ended less than {hours} before the as-of time",
        "share",
        "up",
        DurableShare(
            RowCount(
                "episodes",
                f"resolved episodes with no new episode of the account within {hours}",
                f"{mature.where} and {no_return}",
                matures_after=mature.matures_after,
            ),
            mature,
            RESOLVED,
            RowCount(
                "episodes",
                f"resolved less than {hours} ago, with no new episode yet",
                f"is_resolved and ended_at > known_until - interval '{hours}'"
                " and next_episode_at is null",
                matures_after=mature.matures_after,
            ),
        ),
    )


def _maturity(window: str) -> Metric:
    return Metric(
        f"maturity_{window}",
        f"Maturity {window}",
        "Resolution",
        f"Resolved episodes that ended at least {_HOURS[window]} before the as-of time, as a share of "
        "all resolved episodes: how much of the durable figure is final.",
        _NOR_PENDING,
        "share",
        "neither",
        Share(_mature(window), RESOLVED),
    )


def _waiting(q: float) -> Metric:
    percent = f"p{100 * q:.0f}"
    return Metric(
        f"time_to_human_{percent}",
        f"Time to human {percent}",
        "Escalation",
        f"The time from handoff to the first human reply within which {100 * q:.0f} % of handoffs are "
        "answered, in whole seconds; handoffs still waiting are censored (Kaplan-Meier).",
        f"{_NOT_EXCLUDED}; conversations with assigned instead of measured times",
        "seconds",
        "down",
        WaitingQuantile(ANSWERED_OR_WAITING, "answered_after_s", "waited_s", q),
    )


def _latency(q: float) -> Metric:
    percent = f"p{100 * q:.0f}"
    return Metric(
        f"latency_{percent}",
        f"Latency {percent}",
        "API errors",
        f"The duration that {100 * q:.0f} % of spans do not exceed; over three days or more, accurate "
        f"to within {100 * ERROR:.1f} %.",
        f"{_SPANS_EXCLUDED}; spans whose duration was not measured",
        "milliseconds",
        "down",
        Quantile(TIMED, "duration_ms", q),
    )


_METRICS = (
    Metric(
        "episodes",
        "Episodes",
        "Volume",
        "Conversations, dated by their start.",
        _NOT_EXCLUDED,
        "count",
        "neither",
        Count(EPISODES),
    ),
    Metric(
        "excluded_episodes",
        "Excluded",
        "Volume",
        "Test, spam and outbound conversations, which no other figure counts.",
        "Nothing",
        "count",
        "neither",
        Count(RowCount("excluded_episodes", "excluded conversations")),
    ),
    Metric(
        "involved_rate",
        "Involved",
        "Volume",
        "Episodes in which the AI answered or handed off, as a share of episodes.",
        _NOT_EXCLUDED,
        "share",
        "neither",
        _INVOLVED_SHARE,
    ),
    Metric(
        "answered_rate",
        "Answered",
        "Volume",
        "",
        _NOT_EXCLUDED,
        "share",
        "neither",
        Share(ANSWERED, INVOLVED),
    ),
    Metric(
        "containment_rate",
        "Containment",
        "Resolution",
        "",
        _NOR_PENDING,
        "share",
        "up",
        Share(CONTAINED, SETTLED),
    ),
    Metric(
        "resolution_rate",
        "Resolution",
        "Resolution",
        "",
        _NOR_PENDING,
        "share",
        "up",
        _RESOLVED_SHARE,
    ),
    Metric(
        "confirmed_share",
        "Confirmed",
        "Resolution",
        "",
        _NOR_PENDING,
        "share",
        "up",
        Share(CONFIRMED, RESOLVED),
    ),
    *(_durable(window) for window in _HOURS),
    *(_maturity(window) for window in _HOURS),
    Metric(
        "automation_rate",
        "Automation",
        "Resolution",
        "The share of episodes that involve the AI, multiplied by the resolution rate.",
        _NOR_PENDING,
        "share",
        "up",
        Product(_INVOLVED_SHARE, _RESOLVED_SHARE),
    ),
    Metric(
        "escalations",
        "Escalations",
        "Escalation",
        "Handoffs, dated by the handoff.",
        _NOT_EXCLUDED,
        "count",
        "down",
        Count(HANDOFFS),
    ),
    Metric(
        "escalation_rate",
        "Escalation rate",
        "Escalation",
        "Handoffs, dated by the handoff, per 100 involved episodes, dated by their start.",
        _NOT_EXCLUDED,
        "per 100",
        "down",
        PerHundred(HANDOFFS, replace(INVOLVED, fact="involvement")),
    ),
    Metric(
        "open_handoffs",
        "Open handoffs",
        "Escalation",
        "Handoffs that no human has answered, in episodes that have not ended, at the as-of time.",
        _NOT_EXCLUDED,
        "count",
        "down",
        Count(RowCount("waiting_handoffs", "handoffs waiting")),
    ),
    *(_waiting(q) for q in (0.5, 0.9)),
    Metric(
        "unanswered_rate",
        "Unanswered",
        "Escalation",
        "",
        f"{_NOT_EXCLUDED}; handoffs still waiting",
        "share",
        "down",
        Share(UNANSWERED, NO_LONGER_WAITING),
    ),
    Metric(
        "csat",
        "CSAT",
        "Satisfaction",
        "",
        _NOT_EXCLUDED,
        "share",
        "up",
        _satisfied("episodes"),
        _satisfied("ratings"),
    ),
    Metric(
        "csat_mean",
        "Mean rating",
        "Satisfaction",
        "The mean of all ratings, on a scale of 1 to 5.",
        _NOT_EXCLUDED,
        "score",
        "up",
        Mean(_rated("episodes"), "rating"),
        Mean(_rated("ratings"), "rating"),
    ),
    Metric(
        "ratings",
        "Ratings",
        "Satisfaction",
        "Episodes that the customer rated.",
        _NOT_EXCLUDED,
        "count",
        "neither",
        Count(_rated("episodes")),
        Count(_rated("ratings")),
    ),
    Metric(
        "csat_response_rate",
        "Response rate",
        "Satisfaction",
        "",
        _NOR_PENDING,
        "share",
        "neither",
        Share(
            RowCount(
                "episodes",
                "episodes that were rated",
                "ended_at is not null and rating is not null",
            ),
            ENDED,
        ),
    ),
    Metric(
        "contained_low_rate",
        "Low-rated contained",
        "Satisfaction",
        "",
        f"{_NOR_PENDING}; escalated episodes",
        "share",
        "down",
        _low_on_contained("episodes"),
        _low_on_contained("ratings"),
    ),
    Metric(
        "spans",
        "Spans",
        "API errors",
        "Timed operations of the agent and of background work.",
        _SPANS_EXCLUDED,
        "count",
        "neither",
        Count(SPANS),
    ),
    Metric(
        "failed_spans",
        "Failed spans",
        "API errors",
        "Spans with an error type.",
        _SPANS_EXCLUDED,
        "count",
        "down",
        Count(FAILED),
    ),
    Metric(
        "api_error_rate",
        "API error rate",
        "API errors",
        "Spans with an error type, as a share of spans.",
        _SPANS_EXCLUDED,
        "share",
        "down",
        Share(FAILED, SPANS),
    ),
    Metric(
        "unrecovered_error_rate",
        "Unrecovered error rate",
        "API errors",
        "Failed spans not followed by a success of the same name and request, as a share of spans.",
        _SPANS_EXCLUDED,
        "share",
        "down",
        Share(RowCount("spans", "failed spans that were not recovered", "is_unrecovered"), SPANS),
    ),
    *(_latency(q) for q in (0.5, 0.95)),
    Metric(
        "silent_failures",
        "Silent failures",
        "API errors",
        "Failed calls that were not recovered, after which the AI went on without handing off; and "
        "background failures of the account in the 24 hours before an episode that involves the AI, "
        "not recovered by then, that no message or call of that episode refers to.",
        _SPANS_EXCLUDED,
        "count",
        "down",
        Count(RowCount("silent_failures", "silent failures")),
    ),
    Metric(
        "accounts_at_risk",
        "Accounts at risk",
        "API errors",
        "Accounts with an unrecovered failure in the last 24 hours and an episode that is open or "
        "was resolved in the last 7 days, with no handoff since the failure.",
        f"{_NOT_EXCLUDED}; spans of the customer's own device",
        "count",
        "down",
        Count(RowCount("accounts_at_risk", "accounts at risk")),
    ),
)

check_dimensions((*DIMENSIONS, *INNER_DIMENSIONS))
METRICS: dict[str, Metric] = check_metrics(_METRICS)
"""Every metric by key, in the order of the glossary."""


def find_metric(key: str) -> Metric:
    """The metric of that key. Raises `UnknownMetric`, with the nearest key as a hint."""
    if key in METRICS:
        return METRICS[key]
    near = difflib.get_close_matches(key, METRICS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(METRICS)}."
    raise UnknownMetric(f"There is no metric {key!r}.", hint)
