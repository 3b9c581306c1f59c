"""Time to human as a curve: which share still waits after how long, of all handoffs and queue by queue."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Select, column, literal_column, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import ANSWERED_OR_WAITING
from dashboard.metrics.statement import conditions, rows_of
from dashboard.metrics.survival import (
    waiting_band,
    waiting_curve,
    waiting_quantile,
    waiting_quantile_interval,
)
from dashboard.scope import Scope
from dashboard.warehouse.read import fetch

QUANTILES = (0.5, 0.9)
MOST_STEPS = 400
"""More steps than a screen has pixels for; a curve is thinned to as many."""

_HANDOFFS = FACTS["handoffs"]


@dataclass(frozen=True)
class Wait:
    """A time by which a share is answered, in seconds, with its 95 % interval; None: not reached."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """One Kaplan-Meier curve: `waiting` (a share) after each of `times` (seconds), `low` and `high` its
    95 % band, `longer` how many are known to have waited longer than that.

    Of `n` handoffs some are `answered`, some still `open`, and the rest `ended` unanswered.
    """

    times: np.ndarray
    waiting: np.ndarray
    low: np.ndarray
    high: np.ndarray
    longer: np.ndarray
    quantiles: dict[float, Wait]
    n: int
    answered: int
    open: int

    @property
    def ended(self) -> int:
        return self.n - self.answered - self.open


@dataclass(frozen=True)
class Waits:
    """Seconds of one group: until the answer, and of those without one so far; how many of these wait."""

    answered: list[float]
    censored: list[float]
    open: int


def curves(scope: Scope) -> tuple[Curve, dict[str | None, Curve]]:
    """The curve of all handoffs of `scope`, and of each queue, the largest first."""
    groups = {
        row["queue"]: Waits(row["answered"] or [], row["censored"] or [], row["open"])
        for row in fetch(curves_statement(scope))
    }
    ordered = sorted(groups, key=lambda q: (-_size(groups[q]), q is None, q or ""))
    whole = Waits(
        [wait for group in groups.values() for wait in group.answered],
        [wait for group in groups.values() for wait in group.censored],
        sum(group.open for group in groups.values()),
    )
    return curve(whole), {queue: curve(groups[queue]) for queue in ordered if _size(groups[queue])}


def curves_statement(scope: Scope) -> Select:
    """Every queue's waits, as `time_to_human_p50` counts them."""

    def seconds(name: str) -> str:
        wait = f"cast({name} as double precision)"
        return f"array_agg({wait} order by {wait}) filter (where {name} is not null)"

    return (
        select(
            column("handoff_queue").label("queue"),
            literal_column(seconds("answered_after_s")).label("answered"),
            literal_column(seconds("waited_s")).label("censored"),
            literal_column("count(*) filter (where is_waiting)").label("open"),
        )
        .select_from(rows_of(_HANDOFFS, scope))
        .where(
            literal_column(f"({ANSWERED_OR_WAITING.where})"),
            *conditions(_HANDOFFS, scope.filters),
        )
        .group_by(column("handoff_queue"))
    )


def curve(waits: Waits) -> Curve:
    """The curve of one group, thinned; quantiles and counts are those of all of it."""
    answered, censored = waits.answered, waits.censored
    times, waiting = waiting_curve(answered, censored)
    low, high = waiting_band(answered, censored)
    everyone = np.sort(np.array([*answered, *censored], dtype=float))
    longer = len(everyone) - np.searchsorted(everyone, times, side="right")
    kept = _thinned(len(times))
    return Curve(
        times[kept], waiting[kept], low[kept], high[kept], longer[kept],
        {q: _wait(answered, censored, q) for q in QUANTILES},
        _size(waits), len(answered), waits.open,
    )  # fmt: skip


def _wait(answered: Sequence[float], censored: Sequence[float], q: float) -> Wait:
    return Wait(
        waiting_quantile(answered, censored, q), *waiting_quantile_interval(answered, censored, q)
    )


def _thinned(steps: int) -> np.ndarray:
    if steps <= MOST_STEPS:
        return np.arange(steps)
    return np.unique(np.linspace(0, steps - 1, MOST_STEPS).round().astype(int))


def _size(waits: Waits) -> int:
    return len(waits.answered) + len(waits.censored)
