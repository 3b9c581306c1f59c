"""Kaplan-Meier: how long people wait, when some of them are still waiting.

Leaving the waiting out makes the queue look fast exactly when it is slow.
"""

from collections.abc import Sequence

import numpy as np


def waiting_curve(
    answered: Sequence[float], censored: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """The share still waiting after each time at which somebody was answered.

    `answered`: seconds until the answer; `censored`: seconds waited so far without one. Returns
    (times, shares), times rising, shares falling. At a tie the answer comes first, as is usual.
    """
    times, answers = np.unique(np.asarray(answered, dtype=float), return_counts=True)
    everyone = np.sort(np.concatenate([np.asarray(answered, float), np.asarray(censored, float)]))
    still_there = len(everyone) - np.searchsorted(everyone, times, side="left")
    return times, np.cumprod(1 - answers / still_there)


def waiting_quantile(
    answered: Sequence[float], censored: Sequence[float], q: float
) -> float | None:
    """The time by which the share `q` has been answered, or None where the curve never gets there."""
    times, waiting = waiting_curve(answered, censored)
    # A product of fractions that should be exactly 1 − q may miss it by the last bit.
    reached = np.flatnonzero(waiting <= 1 - q + 1e-12)
    return float(times[reached[0]]) if len(reached) else None
