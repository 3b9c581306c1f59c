"""Time to human as a curve: which share still waits after how long, of all handoffs and queue by queue."""

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Select, column, literal_column, select

from dashboard.metrics.definitions.counts import ANSWERED_OR_WAITING
from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import questions
from dashboard.query.question import Question
from dashboard.query.read_from import Reading
from dashboard.query.router import route
from dashboard.rollups.definitions import WAITS
from dashboard.rollups.waits import Waited, read_waits
from dashboard.scope import Scope
from dashboard.stats.survival import together, wait_times, waiting_curve

QUANTILES = (0.5, 0.9)
MOST_STEPS = 400
"""A curve is thinned to this many steps; more are not visible."""
MILESTONES = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 259200)
"""The waits, in seconds, at which a curve says how many are left."""

_HANDOFFS = FACTS["handoffs"]
_BY = ("queue",)
_METRIC = "time_to_human_p50"


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


def curves(scope: Scope) -> tuple[Curve, dict[str | None, Curve]]:
    """The curve of all handoffs of `scope`, and of each queue, the largest first."""
    groups = waits_by_queue(scope)
    ordered = sorted(groups, key=lambda q: (-groups[q].total, q is None, q or ""))
    whole = Waited(
        together(group.answered for group in groups.values()),
        together(group.censored for group in groups.values()),
        sum(group.open for group in groups.values()),
    )
    return curve(whole), {queue: curve(groups[queue]) for queue in ordered if groups[queue].total}


def waits_by_queue(scope: Scope, reading: Reading = Reading.CHEAPEST) -> dict[str | None, Waited]:
    """Each queue's waits, from what the router takes for them. The errors of `fetch` pass through."""
    plans = [part.plan for part in route(curves_question(scope), reading)]
    planned = next((found for found in plans if found and found.group is WAITS), None)
    if planned:
        found = read_waits(planned, _BY, None)
        return {queue: waited for (_, _, queue), waited in found.items()}
    return {
        row["queue"]: Waited(wait_times(row["answered"]), wait_times(row["censored"]), row["open"])
        for row in fetch(curves_statement(scope))
    }


def curves_question(scope: Scope) -> Question:
    """What the router is asked of the curves: that of `time_to_human_p50`, with their statement."""
    asked = questions([_METRIC], [scope], _BY)[_HANDOFFS.key]
    return replace(asked, statement=curves_statement(scope))


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


def curve(waits: Waited) -> Curve:
    """The curve of one group, thinned; quantiles and counts are those of all of it."""
    whole = waiting_curve(waits.answered, waits.censored)
    steps = (whole.times, whole.shares, whole.low, whole.high)
    kept = _thinned(len(whole.times))
    times, shares, low, high = _to_the_end(
        tuple(step[kept] for step in steps), waits.censored.longest
    )
    return Curve(
        times,
        shares,
        low,
        high,
        _milestones(waits, *steps),
        {q: Wait(whole.quantile(q), *whole.interval(q)) for q in QUANTILES},
        waits.total,
        waits.answered.total,
        waits.open,
    )


def _to_the_end(steps: tuple[np.ndarray, ...], last: float) -> tuple[np.ndarray, ...]:
    """The curve stays where it is until the last who waits without an answer."""
    times, *edges = steps
    if not len(times) or last <= times[-1]:
        return steps
    return np.append(times, last), *(np.append(edge, edge[-1]) for edge in edges)


def _milestones(waits: Waited, *steps: np.ndarray) -> tuple[Milestone, ...]:
    times, *edges = steps
    found = []
    for seconds in MILESTONES:
        longer = waits.answered.longer_than(seconds) + waits.censored.longer_than(seconds)
        step = int(np.searchsorted(times, seconds, side="right")) - 1
        if longer and step >= 0:
            waiting, low, high = (float(edge[step]) for edge in edges)
            found.append(Milestone(seconds, waiting, low, high, longer))
    return tuple(found)


def _thinned(steps: int) -> np.ndarray:
    if steps <= MOST_STEPS:
        return np.arange(steps)
    return np.unique(np.linspace(0, steps - 1, MOST_STEPS).round().astype(int))
