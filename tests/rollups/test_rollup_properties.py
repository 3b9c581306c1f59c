"""Whatever the scope: with rollups and without, the figures are the same, to the last digit.

Quantiles of durations alone are read from a histogram, and are held to the error it states.
"""

from datetime import datetime, timedelta
from random import Random

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import METRICS
from dashboard.postgres.engines import write_connection
from dashboard.query.measure import measure
from dashboard.query.read_from import Reading
from dashboard.reports.escalations.time_to_human import waits_by_queue
from dashboard.rollups.builder import roll_up
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.rollups.usable_days import clear_days_cache
from dashboard.scope import Scope
from dashboard.stats.histogram import ERROR
from tests.chance import tries
from tests.conftest import Warehouse
from tests.metrics.random_warehouse import FIRST, fill, random_rows, scopes
from tests.present import present
from tests.rollups.shares import shares

often = tries(60)
seeds = st.integers(0, 2**32)
FLOWS = [
    key
    for key, metric in METRICS.items()
    if not any(FACTS[fact].is_snapshot for fact in metric.facts)
]
MATERIALIZED = {group.fact.key for group in ROLLUP_GROUPS} | {"involvement"}
SUMMED = [key for key in FLOWS if set(METRICS[key].facts) <= MATERIALIZED]


@pytest.fixture(scope="module", autouse=True)
def _rolled_up(warehouse: Warehouse) -> None:
    fill(warehouse, random_rows())
    assert present(roll_up()).days > 0


def same(metrics: list[str], scope: Scope | list[Scope], **how) -> dict:
    """Holds both answers equal; returns what was read from rollups."""
    clear_days_cache()
    with_sums = measure(metrics, scope, **how, reading=Reading.ROLLUPS)
    facts_alone = measure(metrics, scope, **how, reading=Reading.FACTS)
    assert not shares(facts_alone)
    keys = [name for name in ("metric", "frame", "bucket", *how.get("by", ())) if name in with_sums]

    def ordered(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.sort_values(keys, key=lambda c: c.map(repr)).reset_index(drop=True)

    found, wanted = ordered(with_sums), ordered(facts_alone)
    binned = found["metric"].isin(["latency_p50", "latency_p95"])
    pd.testing.assert_frame_equal(found[~binned], wanted[~binned], check_exact=True)
    # The histogram counts what is under 0.01 ms as 0.01 ms.
    for frame in (found, wanted):
        frame.loc[binned, "value"] = frame.loc[binned, "value"].clip(lower=0.01 / (1 + ERROR))
    pd.testing.assert_frame_equal(found[binned], wanted[binned], check_exact=False, rtol=ERROR)
    return shares(with_sums)


@often
@given(scopes(), st.sampled_from(["episode", "event"]))
def test_totals(scope: Scope, dating: str):
    same(FLOWS, scope, dating=dating)


@often
@given(scopes(), seeds, st.sampled_from(["episode", "event"]))
def test_trends(scope: Scope, seed: int, dating: str):
    bucket = Random(seed).choice(["15min", "hour", "day", "week", "month"])
    same(SUMMED, scope, bucket=bucket, dating=dating)


@often
@given(scopes(), seeds, st.sampled_from(["episode", "event"]), st.sampled_from([None, "day"]))
def test_breakdowns(scope: Scope, seed: int, dating: str, bucket: str | None):
    dimensions = sorted({d.key for fact in FACTS.values() for d in fact.dimensions})
    by = Random(seed).sample(dimensions, Random(seed).choice((1, 1, 2)))
    metrics = [key for key in SUMMED if set(by) <= {d.key for d in METRICS[key].dimensions}]
    assume(metrics)
    same(metrics, scope, by=by, bucket=bucket, dating=dating)


@often
@given(scopes())
def test_waiting_curves(scope: Scope):
    clear_days_cache()
    held, wanted = (
        {
            queue: (*read, waited.open)
            for queue, waited in waits.items()
            if any(
                read := [
                    list(zip(times.seconds, times.counts, strict=True))
                    for times in (waited.answered, waited.censored)
                ]
            )
        }
        for waits in (waits_by_queue(scope, way) for way in (Reading.ROLLUPS, Reading.FACTS))
    )
    assert held == wanted


@often
@given(st.lists(scopes(), min_size=2, max_size=4))
def test_several_scopes(several: list[Scope]):
    same(SUMMED, several)


def test_every_group_is_read():
    scope = Scope(FIRST, FIRST + timedelta(days=10), FIRST + timedelta(days=60))
    metrics = [
        "containment_rate",
        "csat",
        "durable_resolution_rate_24h",
        "durable_resolution_rate_72h",
        "durable_resolution_rate_7d",
        "escalations",
        "spans",
    ]
    by_episode = same(metrics, scope)
    by_event = same(["ratings"], scope, dating="event")
    latency = same(["latency_p95"], scope)
    waits = same(["time_to_human_p50"], scope)
    read = by_episode | by_event | latency | waits
    assert set(read) == {group.key for group in ROLLUP_GROUPS}
    assert min(read.values()) > 0.9


CALLED = """
insert into spans (account_id, span_id, trace_id, origin, operation, system, name, started_at, duration_ms)
select 'a1', name || at, name || at, 'agent', 'http', 'ledger', name, cast(at as timestamptz), ms
from (values
    ('before alone', '2026-04-02 02:00+00', 40), ('after alone', '2026-04-08 23:00+00', 40),
    ('never timed', '2026-04-05 12:00+00', null), ('never timed', '2026-04-02 03:00+00', null),
    ('in and out', '2026-04-02 04:00+00', 40), ('in and out', '2026-04-02 06:00+00', 400)
) as called (name, at, ms)
"""


def test_tools_called_within_the_window_alone_or_never_timed_are_told_apart():
    with write_connection() as connection:
        connection.execute(CALLED)
    assert present(roll_up()).days > 0
    # Mostly in the window: 2 April from 5:00 and 8 April until 20:00.
    window = Scope(at("2 05:00"), at("8 20:00"), FIRST + timedelta(days=60))
    by = ("system", "name")
    quantiles = ["latency_p50", "latency_p95"]
    assert same(quantiles, window, by=by)["latency"] > 0.5
    same(quantiles, window, by=by, bucket="day")
    found = measure(quantiles, window, by=by, reading=Reading.ROLLUPS)
    assert {"never timed", "in and out"} <= set(found["name"])
    assert not {"before alone", "after alone"} & set(found["name"])


def at(moment: str) -> datetime:
    day, clock = moment.split()
    return datetime.fromisoformat(f"2026-04-{int(day):02}T{clock}+00:00")
