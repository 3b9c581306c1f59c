"""What the pages of figures ask over eight weeks: Containment, Escalations, Satisfaction, API errors."""

from dashboard.query.measure import measure
from dashboard.reports.api_errors.error_groups import error_groups, newest_change
from dashboard.reports.api_errors.groups_seen import seen_ever
from dashboard.reports.api_errors.latency import latency
from dashboard.reports.api_errors.silent_failures import silent_failures
from dashboard.reports.containment.funnel import funnel
from dashboard.reports.containment.switchboard import switchboard
from dashboard.reports.containment.versions import compare_versions, known_versions
from dashboard.reports.escalations.against_normal import against_normal
from dashboard.reports.escalations.crosstab import crosstab
from dashboard.reports.escalations.handoffs import unanswered, waiting
from dashboard.reports.escalations.hours_of_week import hours_of_week
from dashboard.reports.escalations.queue_load import queue_load
from dashboard.reports.escalations.time_to_human import curves
from dashboard.reports.satisfaction.comments import comment_counts, comments
from dashboard.reports.satisfaction.response_bias import response_bias
from dashboard.reports.satisfaction.satisfaction import by_handler, distribution, low_on_contained
from dashboard.reports.shared.breakdown import breakdown
from dashboard.reports.shared.change import before, headlines
from dashboard.reports.shared.drivers import drivers
from dashboard.reports.shared.trend import trend
from dashboard.scope import Scope
from tests.benchmarks.page import Page, Subject
from tests.benchmarks.timing import Ask

_WANTED = 300.0
_LISTED = 10

_CONTAINMENT = [
    "containment_rate",
    "resolution_rate",
    "confirmed_share",
    "durable_resolution_rate_24h",
    "durable_resolution_rate_72h",
    "automation_rate",
]
_ESCALATIONS = [
    "escalations",
    "escalation_rate",
    "open_handoffs",
    "time_to_human_p50",
    "time_to_human_p90",
    "unanswered_rate",
]
_SATISFACTION = ["csat", "csat_mean", "ratings", "csat_response_rate", "contained_low_rate"]
_API_ERRORS = [
    "spans",
    "failed_spans",
    "api_error_rate",
    "unrecovered_error_rate",
    "latency_p95",
    "silent_failures",
]


def analysis_pages(about: Subject) -> list[Page]:
    """The pages, as they open from a link that names eight weeks and nothing else."""
    scope = about.scope()
    return [
        Page("containment", _containment(scope), _WANTED, is_prefetched=True),
        Page("escalations", _escalations(scope), _WANTED, is_prefetched=True),
        Page("satisfaction", _satisfaction(scope), _WANTED, is_prefetched=True),
        Page("api errors", _api_errors(scope), _WANTED, is_prefetched=True),
    ]


def _containment(scope: Scope) -> dict[str, Ask]:
    key = "containment_rate"
    return {
        "headlines": lambda: headlines(_CONTAINMENT, scope),
        "trend": lambda: trend([key], scope),
        "funnel": lambda: funnel(scope),
        "breakdown by topic": lambda: breakdown(key, scope, "topic"),
        "drivers": lambda: drivers(key, scope, before(scope), "topic"),
        "versions": lambda: _versions(key, scope),
        "switchboard": lambda: switchboard(scope),
    }


def _versions(key: str, scope: Scope) -> None:
    versions = known_versions(scope)
    if len(versions) > 1:
        compare_versions(key, scope, *sorted(versions[:2]))


def _escalations(scope: Scope) -> dict[str, Ask]:
    key = "escalations"
    return {
        "headlines": lambda: headlines(_ESCALATIONS, scope),
        "volume against normal": lambda: against_normal(key, scope),
        # The page asks for the queues' curves once for both.
        "time to human and queues": lambda: queue_load(scope, curves(scope)[1]),
        "waiting now": lambda: waiting(scope, _LISTED),
        "reasons": lambda: crosstab(key, scope, "topic", "reason"),
        "hours of the week": lambda: hours_of_week(key, scope),
        "breakdown by topic": lambda: breakdown(key, scope, "topic"),
        "unanswered, the rate": lambda: measure(["unanswered_rate"], scope),
        "unanswered, the list": lambda: unanswered(scope, _LISTED),
    }


def _satisfaction(scope: Scope) -> dict[str, Ask]:
    key, dating = "csat", "episode"
    return {
        "headlines": lambda: headlines(_SATISFACTION, scope, dating),
        "comments, counted": lambda: comment_counts(scope, dating),
        "trend": lambda: trend([key], scope, dating=dating),
        "distribution": lambda: distribution(scope, dating),
        "handlers": lambda: by_handler(scope, dating),
        "who rates": lambda: response_bias(scope),
        "breakdown by topic": lambda: breakdown(key, scope, "topic", dating),
        "comments, a page": lambda: comments(scope, dating, "all", "newest", 1),
        "contained, rated low, the rate": lambda: measure(["contained_low_rate"], scope),
        "contained, rated low, the list": lambda: low_on_contained(scope, dating, _LISTED),
    }


def _api_errors(scope: Scope) -> dict[str, Ask]:
    # In the order in which the page begins with them.
    return {
        # The sentence on what drove the change is told of the headline.
        "headlines and drivers": lambda: drivers(
            "api_error_rate",
            scope,
            before(scope),
            "system",
            headlines(_API_ERRORS, scope)["api_error_rate"],
        ),
        "groups, with those ever seen": lambda: error_groups(scope, seen_ever(scope)),
        "latency": lambda: latency(scope),
        "trend": lambda: trend(["api_error_rate"], scope),
        "newest change": lambda: newest_change(scope),
        "silent failures": lambda: silent_failures(scope),
    }
