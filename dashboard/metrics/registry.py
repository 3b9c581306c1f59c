"""The metric registry: every definition, once.

Cards, trends, breakdowns, drill-downs, tooltips, the glossary, rollups and the command line read it. How to
add a metric stands in CONTRIBUTING.md.
"""

import difflib
from collections.abc import Sequence

from dashboard.errors import UnknownMetric
from dashboard.metrics.definitions import api_errors, escalation, resolution, satisfaction, volume
from dashboard.metrics.dimensions import DIMENSIONS, INNER_DIMENSIONS
from dashboard.metrics.metric import Metric
from dashboard.metrics.validation import check_dimensions, check_metrics

check_dimensions((*DIMENSIONS, *INNER_DIMENSIONS))
METRICS: dict[str, Metric] = check_metrics(
    (
        *volume.METRICS,
        *resolution.METRICS,
        *escalation.METRICS,
        *satisfaction.METRICS,
        *api_errors.METRICS,
    )
)
"""Every metric by key, in the order of the glossary."""


def find_metric(key: str) -> Metric:
    """The metric of that key. Raises `UnknownMetric`, with the nearest key as a hint."""
    if key in METRICS:
        return METRICS[key]
    near = difflib.get_close_matches(key, METRICS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Available: {', '.join(METRICS)}."
    raise UnknownMetric(f"Unknown metric {key!r}.", hint)


def cards_on(page: str) -> list[str]:
    """The keys of the metrics that stand on a page as cards, in the order of the glossary."""
    return [metric.key for metric in METRICS.values() if page in metric.cards_on]


def trends_on(page: str, first: Sequence[str] = ()) -> dict[str, str]:
    """Key → label of the metrics that a page's trend can show: those of `first`, then by the glossary."""
    there = [metric.key for metric in METRICS.values() if page in metric.trend_on]
    ordered = [*(key for key in first if key in there), *(k for k in there if k not in first)]
    return {key: METRICS[key].label for key in ordered}
