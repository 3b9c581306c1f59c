"""SQL and plain Python agree on every metric of a warehouse of chance, over scopes of chance."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from dashboard.metrics.registry import METRICS
from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.chance import tries
from tests.conftest import Warehouse
from tests.metrics.random_warehouse import fill, random_rows, scopes
from tests.metrics.reference import WINDOWS, Reference, Row, inside
from tests.metrics.story import known

ROWS = random_rows(conversations=200, background=100)


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse, ROWS)


@tries(40)
@given(scopes())
def test_every_metric(scope: Scope):
    expected = counted(scope)
    assert set(expected) == set(METRICS)
    rows = measure(list(METRICS), scope).to_dict("records")
    assert {row["metric"] for row in rows} == set(METRICS)
    for row in rows:
        found = tuple(known(row[name]) for name in ("numerator", "denominator"))
        assert (row["metric"], found) == (row["metric"], expected[row["metric"]][:2])
        if len(expected[row["metric"]]) > 2:
            names = ("value", "least", "most")[: len(expected[row["metric"]]) - 2]
            more = [known(row[name]) for name in names]
            assert more == pytest.approx(expected[row["metric"]][2:]), row["metric"]


def counted(scope: Scope) -> dict[str, tuple]:
    """Metric → (numerator, denominator[, value[, least, most]])."""
    now = Reference(ROWS, scope.as_of)
    episodes = list(filter(inside(scope, lambda row: row["started_at"]), now.episodes))
    handoffs = list(filter(inside(scope, lambda row: row["handoff_at"]), now.episodes))
    return {
        **_volume(now, scope, episodes),
        **_resolution(now, episodes),
        **_escalation(handoffs, episodes, scope),
        **_satisfaction(episodes),
        **_spans(now, scope),
        **_snapshots(scope),
    }


def _n(rows: Iterable[Row]) -> int:
    return len(list(rows))


def _involved(row: Row) -> bool:
    return bool(row["first_ai_reply_at"] or row["handoff_at"])


def _volume(now: Reference, scope: Scope, episodes: list[Row]) -> dict[str, tuple]:
    excluded = filter(inside(scope, lambda row: row["started_at"]), now.excluded)
    return {
        "episodes": (len(episodes), None),
        "excluded_episodes": (_n(excluded), None),
        "involved_rate": (_n(filter(_involved, episodes)), len(episodes)),
        "answered_rate": (
            _n(row for row in episodes if row["first_ai_reply_at"]),
            _n(filter(_involved, episodes)),
        ),
    }


def _resolution(now: Reference, episodes: list[Row]) -> dict[str, tuple]:
    settled = [row for row in episodes if _involved(row) and row["outcome"] != "pending"]
    resolved = [row for row in episodes if row["outcome"] in ("confirmed", "assumed")]
    confirmed = [row for row in resolved if row["outcome"] == "confirmed"]
    found = {
        "containment_rate": (
            _n(row for row in settled if row["outcome"] != "escalated"),
            len(settled),
        ),
        "resolution_rate": (len(resolved), len(settled)),
        "confirmed_share": (len(confirmed), len(resolved)),
        "automation_rate": (None, None, _automation(episodes, settled, resolved)),
    }
    for name, length in WINDOWS.items():
        mature = [row for row in resolved if row["ended_at"] <= now.as_of - length]
        back = [
            row
            for row in resolved
            if (returned := now.returned_at(row)) and returned < row["ended_at"] + length
        ]
        kept = [row for row in mature if row not in back]
        undecided = [row for row in resolved if row not in mature and row not in back]
        least = most = None
        if len(mature) < len(resolved):
            least = len(kept) / len(resolved)
            most = (len(kept) + len(undecided)) / len(resolved)
        share = len(kept) / len(mature) if mature else None
        found[f"durable_resolution_rate_{name}"] = (len(kept), len(mature), share, least, most)
        found[f"maturity_{name}"] = (len(mature), len(resolved))
    return found


def _automation(episodes: list[Row], settled: list[Row], resolved: list[Row]) -> float | None:
    if not settled:
        return None
    return _n(filter(_involved, episodes)) / len(episodes) * len(resolved) / len(settled)


def _escalation(handoffs: list[Row], episodes: list[Row], scope: Scope) -> dict[str, tuple]:
    timed = [row for row in handoffs if not row["times_placed"]]
    answered = [row for row in timed if row["first_human_reply_at"]]
    over = [row for row in handoffs if row["first_human_reply_at"] or row["ended_at"]]
    return {
        "unanswered_rate": (_n(row for row in over if not row["first_human_reply_at"]), len(over)),
        "escalations": (len(handoffs), None),
        "escalation_rate": (len(handoffs), _n(filter(_involved, episodes))),
        **{
            f"time_to_human_p{percent}": (
                len(answered),
                len(timed),
                _waiting_quantile(timed, percent, scope),
            )
            for percent in (50, 90)
        },
    }


def _waiting_quantile(handoffs: list[Row], percent: int, scope: Scope) -> float | None:
    """Walk from wait to wait; at each answer, the share of those still there goes."""
    waits = []
    for row in handoffs:
        end = row["first_human_reply_at"] or row["ended_at"] or scope.as_of
        seconds = max((end - row["handoff_at"]).total_seconds(), 0)
        waits.append((seconds, row["first_human_reply_at"] is None))
    there, waiting = len(waits), 1.0
    for seconds, is_waiting in sorted(waits):
        if not is_waiting:
            waiting *= (there - 1) / there
            if waiting <= 1 - percent / 100 + 1e-9:
                return seconds
        there -= 1
    return None


def _satisfaction(episodes: list[Row]) -> dict[str, tuple]:
    rated = [row for row in episodes if row["rating"]]
    ended = [row for row in episodes if row["ended_at"]]
    contained = [
        row for row in rated if _involved(row) and row["outcome"] not in ("pending", "escalated")
    ]
    mean = sum(row["rating"] for row in rated) / len(rated) if rated else None
    return {
        "csat": (_n(row for row in rated if row["rating"] >= 4), len(rated)),
        "csat_mean": (None, len(rated) or None, mean),
        "ratings": (len(rated), None),
        "csat_response_rate": (_n(row for row in ended if row["rating"]), len(ended)),
        "contained_low_rate": (_n(row for row in contained if row["rating"] <= 2), len(contained)),
    }


def _spans(now: Reference, scope: Scope) -> dict[str, tuple]:
    spans = list(filter(inside(scope, lambda row: row["started_at"]), now.spans))
    failed = [row for row in spans if row["error_type"]]
    unrecovered = [row for row in failed if not now.recovered(row)]
    timed = [row["duration_ms"] for row in spans if row["duration_ms"] is not None]
    silent = filter(inside(scope, lambda row: row["occurred_at"]), now.silent_failures())
    quantiles: dict[str, Any] = {
        f"latency_p{percent}": (
            None,
            len(timed),
            float(np.percentile(timed, percent)) if timed else None,
        )
        for percent in (50, 95)
    }
    return {
        "spans": (len(spans), None),
        "failed_spans": (len(failed), None),
        "api_error_rate": (len(failed), len(spans)),
        "unrecovered_error_rate": (len(unrecovered), len(spans)),
        **quantiles,
        "silent_failures": (_n(silent), None),
    }


def _snapshots(scope: Scope) -> dict[str, tuple]:
    then = Reference(ROWS, min(scope.until, scope.as_of))
    passes = inside(replace(scope), None)
    return {
        "open_handoffs": (_n(filter(passes, then.waiting())), None),
        "accounts_at_risk": (_n(filter(passes, then.at_risk())), None),
    }
