"""95 % intervals, each by the method its figure calls for."""

import math

Z = 1.959964
"""The two-sided 95 % point of the normal distribution."""


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The Wilson score interval of the share `part` / `whole`; `whole` > 0.

    Source: Wilson 1927. It stays inside 0..1 and is honest for small n, which the plain one is not.
    """
    share, z2 = part / whole, Z * Z
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z / (1 + z2 / whole) * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    # Rounding must not leave the share itself outside, which it does at 0 and 1.
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def byar(events: float) -> tuple[float, float]:
    """Byar's approximation of the exact Poisson interval of a count of `events`.

    Source: Breslow and Day 1987, volume II, equation 2.10.
    """
    low = 0.0
    if events:
        low = events * (1 - 1 / (9 * events) - Z / (3 * math.sqrt(events))) ** 3
    more = events + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3


def normal(mean: float, spread: float | None, n: int) -> tuple[float | None, float | None]:
    """`mean` ± z standard errors; (None, None) below two observations."""
    if n < 2 or spread is None:
        return None, None
    half = Z * spread / math.sqrt(n)
    return mean - half, mean + half


def newcombe(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """The interval of the difference of two shares, `first` − `second`, each as (part, whole).

    Source: Newcombe 1998, method 10 (from two Wilson intervals).
    """
    (p1, n1), (p2, n2) = ((part / whole, whole) for part, whole in (first, second))
    (low1, high1), (low2, high2) = wilson(p1 * n1, n1), wilson(p2 * n2, n2)
    difference = p1 - p2
    return (
        difference - math.hypot(p1 - low1, high2 - p2),
        difference + math.hypot(high1 - p1, p2 - low2),
    )
