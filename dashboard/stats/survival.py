"""Kaplan-Meier: how long people wait, when some of them are still waiting.

Leaving the waiting out makes the queue look fast exactly when it is slow.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.stats.intervals import Z

# A product of fractions that should be exactly 1 − q may miss it by the last bit.
_LAST_BIT = 1e-12


@dataclass(frozen=True, eq=False)
class WaitTimes:
    """How many waited how long: `seconds` rise, `counts` say how many waited each."""

    seconds: np.ndarray
    counts: np.ndarray

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    @property
    def longest(self) -> float:
        """The longest wait; 0 where there is none."""
        return float(self.seconds[-1]) if len(self.seconds) else 0.0

    def longer_than(self, seconds: float) -> int:
        return int(self.counts[np.searchsorted(self.seconds, seconds, side="right") :].sum())

    def before(self, times: np.ndarray) -> np.ndarray:
        """How many waited less long than each of `times`."""
        up_to = np.concatenate([[0], np.cumsum(self.counts)])
        return up_to[np.searchsorted(self.seconds, times, side="left")]


def wait_times(
    seconds: Sequence[float] | np.ndarray | WaitTimes | None,
    counts: Sequence[int] | np.ndarray | None = None,
) -> WaitTimes:
    """Waits in any order, each once or as often as `counts` says; those that are counted already."""
    if isinstance(seconds, WaitTimes):
        return seconds
    waits = np.asarray(seconds if seconds is not None else [], dtype=float)
    if counts is None:
        return WaitTimes(*np.unique(waits, return_counts=True))
    unique, places = np.unique(waits, return_inverse=True)
    return WaitTimes(unique, np.bincount(places, weights=counts, minlength=len(unique)).astype(int))


def together(several: Iterable[WaitTimes]) -> WaitTimes:
    """The waits of several groups as those of one."""
    parts = list(several)
    if not parts:
        return wait_times([])
    counts = np.concatenate([part.counts for part in parts])
    return wait_times(np.concatenate([part.seconds for part in parts]), counts)


@dataclass(frozen=True, eq=False)
class WaitingCurve:
    """The share still waiting after each of `times` at which a reply came, with its 95 % band.

    `times` rise, `shares` fall. The band is Greenwood's variance on the scale of log(−log S), which keeps
    it inside 0..1 (Kalbfleisch and Prentice 1980). Once all are answered there is no variance to
    speak of: NaN.
    """

    times: np.ndarray
    shares: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def quantile(self, q: float) -> float | None:
        """The time by which the share `q` has been answered, None where the curve never gets there."""
        return _first_below(self.times, self.shares, q)

    def interval(self, q: float) -> tuple[float | None, float | None]:
        """The 95 % interval of `quantile`: where the band's edges reach 1 − q.

        Source: Brookmeyer and Crowley 1982. An end is None where its edge never gets there.
        """
        return _first_below(self.times, self.low, q), _first_below(self.times, self.high, q)


def waiting_curve(
    answered: Sequence[float] | WaitTimes, censored: Sequence[float] | WaitTimes
) -> WaitingCurve:
    """The curve of `answered`, seconds until the answer, and `censored`, seconds waited without one.

    At a tie the answer comes first, as is usual.
    """
    times, answers, still_there = _at_risk(wait_times(answered), wait_times(censored))
    shares = np.cumprod(1 - answers / still_there)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(answers / (still_there * (still_there - answers)))
        reach = np.exp(Z * np.sqrt(greenwood) / np.abs(np.log(shares)))
        low, high = shares**reach, shares ** (1 / reach)
    is_over = shares <= 0
    return WaitingCurve(
        times, shares, np.where(is_over, np.nan, low), np.where(is_over, np.nan, high)
    )


def _at_risk(answered: WaitTimes, censored: WaitTimes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each time of an answer, how many were answered then, and how many waited until then."""
    times = answered.seconds
    gone = answered.before(times) + censored.before(times)
    return times, answered.counts, answered.total + censored.total - gone


def _first_below(times: np.ndarray, shares: np.ndarray, q: float) -> float | None:
    reached = np.flatnonzero(shares <= 1 - q + _LAST_BIT)
    return float(times[reached[0]]) if len(reached) else None
