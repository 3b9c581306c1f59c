"""Kaplan-Meier: how long people wait, when some of them are still waiting.

Leaving the waiting out makes the queue look fast exactly when it is slow.
"""

from collections.abc import Sequence

import numpy as np

from dashboard.metrics.intervals import Z

# A product of fractions that should be exactly 1 − q may miss it by the last bit.
_LAST_BIT = 1e-12


def waiting_curve(
    answered: Sequence[float], censored: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """The share still waiting after each time at which somebody was answered.

    `answered`: seconds until the answer; `censored`: seconds waited so far without one. Returns
    (times, shares), times rising, shares falling. At a tie the answer comes first, as is usual.
    """
    times, answers, still_there = _at_risk(answered, censored)
    return times, np.cumprod(1 - answers / still_there)


def waiting_band(
    answered: Sequence[float], censored: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % band of `waiting_curve`: (low, high), point by point.

    Greenwood's variance on the scale of log(−log S), which keeps the band inside 0..1 (Kalbfleisch and
    Prentice 1980). Once everybody is answered there is no variance to speak of: NaN.
    """
    _, answers, still_there = _at_risk(answered, censored)
    shares = np.cumprod(1 - answers / still_there)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(answers / (still_there * (still_there - answers)))
        reach = np.exp(Z * np.sqrt(greenwood) / np.abs(np.log(shares)))
        low, high = shares**reach, shares ** (1 / reach)
    is_over = shares <= 0
    return np.where(is_over, np.nan, low), np.where(is_over, np.nan, high)


def waiting_quantile(
    answered: Sequence[float], censored: Sequence[float], q: float
) -> float | None:
    """The time by which the share `q` has been answered, or None where the curve never gets there."""
    return _first_below(*waiting_curve(answered, censored), q)


def waiting_quantile_interval(
    answered: Sequence[float], censored: Sequence[float], q: float
) -> tuple[float | None, float | None]:
    """The 95 % interval of `waiting_quantile`: where the band's edges reach 1 − q.

    Source: Brookmeyer and Crowley 1982. An end is None where its edge never gets there.
    """
    times, _ = waiting_curve(answered, censored)
    low, high = waiting_band(answered, censored)
    return _first_below(times, low, q), _first_below(times, high, q)


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
