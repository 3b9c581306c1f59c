"""Kaplan-Meier: how long people wait, when some of them are still waiting.

Leaving the waiting out makes the queue look fast exactly when it is slow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.metrics.intervals import Z

# A product of fractions that should be exactly 1 − q may miss it by the last bit.
_LAST_BIT = 1e-12


@dataclass(frozen=True, eq=False)
class WaitingCurve:
    """The share still waiting after each of `times` at which somebody was answered, with its 95 % band.

    `times` rise, `shares` fall. The band is Greenwood's variance on the scale of log(−log S), which keeps
    it inside 0..1 (Kalbfleisch and Prentice 1980). Once everybody is answered there is no variance to
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


def waiting_curve(answered: Sequence[float], censored: Sequence[float]) -> WaitingCurve:
    """The curve of `answered`, seconds until the answer, and `censored`, seconds waited without one.

    At a tie the answer comes first, as is usual.
    """
    times, answers, still_there = _at_risk(answered, censored)
    shares = np.cumprod(1 - answers / still_there)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(answers / (still_there * (still_there - answers)))
        reach = np.exp(Z * np.sqrt(greenwood) / np.abs(np.log(shares)))
        low, high = shares**reach, shares ** (1 / reach)
    is_over = shares <= 0
    return WaitingCurve(
        times, shares, np.where(is_over, np.nan, low), np.where(is_over, np.nan, high)
    )


def _at_risk(
    answered: Sequence[float], censored: Sequence[float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each time of an answer, how many were answered then, and how many waited until then."""
    times, answers = np.unique(np.asarray(answered, dtype=float), return_counts=True)
    everyone = np.sort(np.concatenate([np.asarray(answered, float), np.asarray(censored, float)]))
    return times, answers, len(everyone) - np.searchsorted(everyone, times, side="left")


def _first_below(times: np.ndarray, shares: np.ndarray, q: float) -> float | None:
    reached = np.flatnonzero(shares <= 1 - q + _LAST_BIT)
    return float(times[reached[0]]) if len(reached) else None
