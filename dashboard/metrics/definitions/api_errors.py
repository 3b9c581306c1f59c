"""What the calls underneath do."""

from dashboard.metrics.definitions.counts import FAILED, NOT_EXCLUDED, SPANS, SPANS_EXCLUDED, TIMED
from dashboard.metrics.distributions import Quantile
from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import Count, Share
from dashboard.metrics.metric import Metric
from dashboard.stats.histogram import ERROR


def _latency(q: float) -> Metric:
    percent = f"p{100 * q:.0f}"
    return Metric(
        f"latency_{percent}",
        f"Latency {percent}",
        group="API errors",
        definition=f"The duration that {100 * q:.0f} % of spans do not exceed; over three days or more, "
        f"accurate to within {100 * ERROR:.1f} %.",
        excludes=f"{SPANS_EXCLUDED}; spans whose duration was not measured",
        unit="milliseconds",
        good="down",
        kind=Quantile(TIMED, "duration_ms", q),
        cards_on=("api_errors",) if q == 0.95 else (),
        trend_on=("api_errors",),
    )


METRICS = (
    Metric(
        "spans",
        "Spans",
        group="API errors",
        definition="Timed operations of the agent and of background work.",
        excludes=SPANS_EXCLUDED,
        unit="count",
        good="neither",
        kind=Count(SPANS),
        cards_on=("api_errors",),
    ),
    Metric(
        "failed_spans",
        "Failed spans",
        group="API errors",
        definition="Spans with an error type.",
        excludes=SPANS_EXCLUDED,
        unit="count",
        good="down",
        kind=Count(FAILED),
        cards_on=("api_errors", "account"),
        trend_on=("api_errors",),
    ),
    Metric(
        "api_error_rate",
        "API error rate",
        group="API errors",
        definition="Spans with an error type, as a share of spans.",
        excludes=SPANS_EXCLUDED,
        unit="share",
        good="down",
        kind=Share(FAILED, SPANS),
        cards_on=("api_errors",),
        trend_on=("api_errors",),
    ),
    Metric(
        "unrecovered_error_rate",
        "Unrecovered error rate",
        group="API errors",
        definition="Failed spans not followed by a success of the same name and request, "
        "as a share of spans.",
        excludes=SPANS_EXCLUDED,
        unit="share",
        good="down",
        kind=Share(
            RowCount("spans", "failed spans that were not recovered", "is_unrecovered"), SPANS
        ),
        cards_on=("api_errors",),
        trend_on=("api_errors",),
    ),
    *(_latency(q) for q in (0.5, 0.95)),
    Metric(
        "silent_failures",
        "Silent failures",
        group="API errors",
        definition="Failed calls that were not recovered, after which the AI went on without handing off; "
        "and background failures of the account in the 24 hours before an episode that involves the AI, "
        "not recovered by then, that no message or call of that episode refers to.",
        excludes=SPANS_EXCLUDED,
        unit="count",
        good="down",
        kind=Count(RowCount("silent_failures", "silent failures")),
        cards_on=("api_errors", "account"),
        trend_on=("api_errors",),
    ),
    Metric(
        "accounts_at_risk",
        "Accounts at risk",
        group="API errors",
        definition="Accounts with an unrecovered failure in the last 24 hours and an episode that is open or "
        "was resolved in the last 7 days, with no handoff since the failure.",
        excludes=f"{NOT_EXCLUDED}; spans of the customer's own device",
        unit="count",
        good="down",
        kind=Count(RowCount("accounts_at_risk", "accounts at risk")),
    ),
)
