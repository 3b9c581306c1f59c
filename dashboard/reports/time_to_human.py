"""Time to human as a curve: which share still waits after how long, of all handoffs and queue by queue."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Select, column, literal_column, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import ANSWERED_OR_WAITING
from dashboard.metrics.statement import conditions, rows_of
from dashboard.metrics.survival import waiting_curve
from dashboard.scope import Scope
from dashboard.warehouse.read import fetch

QUANTILES = (0.5, 0.9)
MOST_STEPS = 400
"""More steps than these nobody sees; a curve is thinned to as many."""
MILESTONES = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 259200)
"""The waits, in seconds, at which a curve says how many are left."""

_HANDOFFS = FACTS["handoffs"]


@dataclass(frozen=True)
class Wait:
    """A time by which a share is answered, in seconds, with its 95 % interval; None: not reached."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Milestone:
    """After `seconds`: the share still `waiting`, its 95 % band, and how many are known to have waited
    `longer`, be they answered later or not."""

    seconds: float
    waiting: float
    low: float
    high: float
    longer: int


@dataclass(frozen=True)
class Curve:
    """One Kaplan-Meier curve: `waiting` (a share) after each of `times` (seconds), `low` and `high` its
    95 % band, `milestones` along it.

    Of `n` handoffs some are `answered`, some still `open`, and the rest `ended` unanswered.
    """

    times: np.ndarray
    waiting: np.ndarray
    low: np.ndarray
    high: np.ndarray
    milestones: tuple[Milestone, ...]
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
        return f"array_agg({wait}) filter (where {name} is not null)"

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
    whole = waiting_curve(answered, censored)
    steps = (whole.times, whole.shares, whole.low, whole.high)
    kept = _thinned(len(whole.times))
    return Curve(
        *_to_the_end(tuple(step[kept] for step in steps), censored),
        _milestones(waits, *steps),
        {q: Wait(whole.quantile(q), *whole.interval(q)) for q in QUANTILES},
        _size(waits), len(answered), waits.open,
    )  # fmt: skip


def _to_the_end(steps: tuple[np.ndarray, ...], censored: Sequence[float]) -> tuple[np.ndarray, ...]:
    """The curve stays where it is until the last who waits without an answer."""
    times, *edges = steps
    last = max(censored, default=0.0)
    if not len(times) or last <= times[-1]:
        return steps
    return np.append(times, last), *(np.append(edge, edge[-1]) for edge in edges)


def _milestones(waits: Waits, *steps: np.ndarray) -> tuple[Milestone, ...]:
    times, *edges = steps
    everyone = np.sort(np.array([*waits.answered, *waits.censored], dtype=float))
    found = []
    for seconds in MILESTONES:
        longer = len(everyone) - int(np.searchsorted(everyone, seconds, side="right"))
        step = int(np.searchsorted(times, seconds, side="right")) - 1
        if longer and step >= 0:
            found.append(Milestone(seconds, *(float(edge[step]) for edge in edges), longer))
    return tuple(found)


def _thinned(steps: int) -> np.ndarray:
    if steps <= MOST_STEPS:
        return np.arange(steps)
    return np.unique(np.linspace(0, steps - 1, MOST_STEPS).round().astype(int))


def _size(waits: Waits) -> int:
    return len(waits.answered) + len(waits.censored)
