"""Quantiles of how long spans took, from how many there are in each step of duration."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import RowMapping, func, select

from dashboard.postgres.read import fetch
from dashboard.query.question import Groups, Question
from dashboard.rollups.definitions import LATENCY, latency_quantiles
from dashboard.rollups.planner import Plan, plan
from dashboard.rollups.reasons import Reason
from dashboard.stats.histogram import quantile

_BIN = "duration_bin"
_LONG = timedelta(days=3)
"""From how long a window on quantiles may be a few per cent off, for being quick."""


def plan_latency(question: Question, is_little: bool) -> Plan | Reason:
    """The plan for the quantiles of the question; why sums do not answer it."""
    if min(scope.length for scope in question.scopes) < _LONG:
        return Reason.WINDOW_SHORT
    return plan(LATENCY, question.scopes, (*question.by, _BIN), question.bucket, is_little)


def read_latency(question: Question, planned: Plan, aggregates: Mapping[str, str]) -> Groups:
    """Quantiles, and counts of the spans that have a duration. The errors of `fetch` pass through."""
    quantiles = latency_quantiles()
    groups: Groups = {}
    for key, bins in _histograms(question, planned).items():
        groups[key] = {
            name: quantile(bins, quantiles[sql]) if sql in quantiles else bins.total()
            for name, sql in aggregates.items()
        }
    return groups


def _histograms(question: Question, planned: Plan) -> dict[tuple, Counter[int]]:
    """(frame, bucket, values of `by` …) → step of duration → spans."""
    histograms: dict[tuple, Counter[int]] = {}
    for row in _counted(question, planned):
        start = row["bucket"] if question.bucket else None
        values = (row[f"by_{name}"] for name in question.by)
        histogram = histograms.setdefault((row["frame"], start, *values), Counter())
        for step, spans in zip(row["bins"], row["spans"], strict=True):
            # A span without a measured duration has none.
            if step is not None:
                histogram[int(step)] += spans
    return histograms


def _counted(question: Question, planned: Plan) -> Sequence[RowMapping]:
    """A row for each group: thousands of steps, row by row, take longer to receive than to count."""
    (counting,) = LATENCY.columns
    by = (*question.by, _BIN)
    statement = planned.statement(LATENCY.fact, {"n": counting}, by, question.bucket)
    rows = statement.subquery("counted")
    keys = [rows.c.frame, *([rows.c.bucket] if question.bucket else [])]
    keys += [rows.c[f"by_{name}"] for name in question.by]
    bins, spans = func.array_agg(rows.c[f"by_{_BIN}"]), func.array_agg(rows.c.a0)
    return fetch(select(*keys, bins.label("bins"), spans.label("spans")).group_by(*keys))
