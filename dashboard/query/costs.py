"""What an answer is expected to cost, so that the router can take the cheaper of two ways.

Milliseconds of the machine on which the constants were measured (`python -m tests.benchmarks --windows`
prints what came of them). Only their proportions decide, and these are about the same elsewhere: all of
them are PostgreSQL reading rows that it has in memory.
"""

from collections.abc import Iterable

from dashboard.query.question import Question
from dashboard.rollups.definitions import LATENCY, WAITS, group_of
from dashboard.rollups.planner import Plan
from dashboard.rollups.table import TimeRange
from dashboard.rollups.usable_days import Days
from dashboard.rollups.volumes import fact_rows, sums_rows

STATEMENT = 2.5
"""Sending one more statement: composing it, the way there and back, adding up what comes."""
ROUTING = 1.0
"""Finding out what sums there are of a group, and which of them are final."""
SUMS_PART = 1.0
"""One more table of sums in a statement: planning it, and finding where its days begin."""
SUMS_ROW = 0.0006
DISTRIBUTION = 5.0
"""Gathering how values are distributed, and, of waits, looking up those that have not ended."""
FACT_PART = {"spans": 4.0}
"""One more stretch of a fact's rows in a statement: its SQL is long, and planned for each."""
FACT_ROW = {"spans": 0.0022, "handoffs": 0.0024}
_OTHER_PART, _OTHER_ROW = 1.5, 0.0009
MATURING_ROW = 0.011
"""A row of which it must be looked up what came after it."""
MATERIALIZED_ROW = 0.002
BUCKET_ROW = 0.001
"""Cutting a row's instant into a bucket, by the clock of a time zone."""


def cost_of_facts(question: Question, aggregates: Iterable[str], days: Days) -> float:
    """Of those `aggregates` (SQL) of the question, read from every row."""
    asked = list(aggregates)
    if not asked:
        return 0.0
    windows = [(scope.since, min(scope.until, scope.as_of)) for scope in question.scopes]
    row = max(_row(question, sql) for sql in asked)
    return STATEMENT + sum(_stretch(question, window, row, days) for window in windows)


def cost_of_plan(question: Question, planned: Plan, aggregates: Iterable[str], days: Days) -> float:
    """Of those `aggregates` (SQL), read as planned. The errors of `fetch` pass through."""
    parts = [part for held in planned.parts for part in held]
    of_sums = sum(
        SUMS_PART + SUMS_ROW * sums_rows(planned.group, part.sums.rollup, days, list(part.ranges))
        for part in parts
    )
    row = MATERIALIZED_ROW if planned.kept else max(_row(question, sql) for sql in aggregates)
    rests = [(rest.since, min(rest.until, rest.as_of)) for _, rest in planned.left_to_facts()]
    of_rests = sum(_stretch(question, rest, row, days) for rest in rests)
    gathering = DISTRIBUTION if planned.group in (LATENCY, WAITS) else 0.0
    return STATEMENT + ROUTING + gathering + of_sums + of_rests


def _stretch(question: Question, window: TimeRange, row: float, days: Days) -> float:
    part = FACT_PART.get(question.fact.key, _OTHER_PART)
    if window[0] >= window[1]:
        return part
    return part + row * fact_rows(question.fact.key, days, [window])


def _row(question: Question, sql: str) -> float:
    group = group_of(question.fact.key, sql)
    if group and group.matures_after:
        return MATURING_ROW
    cutting = BUCKET_ROW if question.bucket else 0.0
    return FACT_ROW.get(question.fact.key, _OTHER_ROW) + cutting
