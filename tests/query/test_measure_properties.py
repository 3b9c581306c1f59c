"""Whatever the scope: trends and breakdowns add up to the totals, and drill-downs list what was counted."""

from datetime import timedelta
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, literal_column, select

from dashboard.metrics.buckets import BUCKETS
from dashboard.metrics.facts import FACTS
from dashboard.metrics.figure import RowCount
from dashboard.metrics.kinds import Count, Share
from dashboard.metrics.registry import METRICS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.chance import tries
from tests.conftest import Warehouse
from tests.metrics.random_warehouse import fill, random_rows, scopes
from tests.metrics.story import known
from tests.present import present

often = tries(25)
seeds = st.integers(0, 2**32)
SUMMED = [key for key, metric in METRICS.items() if isinstance(metric.kind, Count | Share)]
FLOWS = [
    key
    for key, metric in METRICS.items()
    if not any(FACTS[fact].is_snapshot for fact in metric.facts)
]


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse, random_rows())


def sums(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {
        key: (rows["numerator"].fillna(0).sum(), rows["denominator"].fillna(0).sum())
        for key, rows in frame.groupby("metric")
    }


def nothing_left_out(total: dict, parts: dict, by: str = "") -> None:
    """A metric without any row has no groups, and then a total of 0."""
    found = {key: parts.get(key, (0, 0)) for key in total}
    for key in total:
        bases = [FACTS[fact] for fact in METRICS[key].facts if FACTS[fact].is_base]
        if by and bases and not bases[0].has(by):
            # Each segment is counted per 100 of the whole base; the events alone add up.
            found[key] = (found[key][0], total[key][1])
    assert found == total


@often
@given(scopes(), seeds, st.sampled_from(["episode", "event"]))
def test_trends_add_up(scope: Scope, seed: int, dating: str):
    # A thousand buckets take long and show no more than a hundred.
    fine = BUCKETS if scope.length <= timedelta(hours=6) else BUCKETS[2:]
    bucket = Random(seed).choice(fine)
    total = sums(measure(FLOWS, scope, dating=dating))
    nothing_left_out(total, sums(measure(FLOWS, scope, bucket=bucket, dating=dating)))


@often
@given(scopes(), seeds, st.sampled_from(["episode", "event"]))
def test_breakdowns_add_up(scope: Scope, seed: int, dating: str):
    dimension = Random(seed).choice(
        sorted({d.key for fact in FACTS.values() for d in fact.dimensions})
    )
    metrics = [
        key for key, metric in METRICS.items() if dimension in {d.key for d in metric.dimensions}
    ]
    total = sums(measure(metrics, scope, dating=dating))
    parts = sums(measure(metrics, scope, by=[dimension], dating=dating))
    nothing_left_out(total, parts, dimension)


@often
@given(scopes())
def test_a_breakdown_of_a_trend_adds_up(scope: Scope):
    flows = sums(measure(FLOWS, scope))
    nothing_left_out(flows, sums(measure(FLOWS, scope, by=["topic", "account"], bucket="day")))


@often
@given(scopes())
def test_a_drill_down_lists_as_many_rows_as_were_counted(scope: Scope):
    figures = {row["metric"]: row for row in measure(SUMMED, scope).to_dict("records")}
    listed: dict[RowCount, int] = {}
    for key in SUMMED:
        kind = METRICS[key].kind
        for tally, column in zip(kind.row_counts, ("numerator", "denominator"), strict=False):
            if tally not in listed:
                listed[tally] = count(tally, scope)
            assert listed[tally] == known(figures[key][column]), (key, column)


def count(tally: RowCount, scope: Scope) -> int:
    fact = FACTS[tally.fact]
    rows = (
        select(func.count())
        .select_from(rows_of(fact, scope))
        .where(literal_column(f"({tally.where})"), *conditions(fact, scope.filters))
    )
    return fetch(rows)[0]["count_1"]


@often
@given(scopes())
def test_shares_stay_within_their_bounds(scope: Scope):
    rows = measure(list(METRICS), scope).to_dict("records")
    assert {row["metric"] for row in rows} == set(METRICS)
    for row in rows:
        value, low, high = (known(row[name]) for name in ("value", "low", "high"))
        least, most = known(row["least"]), known(row["most"])
        if METRICS[row["metric"]].unit == "share" and value is not None:
            assert 0 <= value <= 1
        if low is not None:
            assert low <= present(value) <= present(high)
        if least is not None:
            assert 0 <= least <= present(most) <= 1
        if value is None:
            assert low is high is None
