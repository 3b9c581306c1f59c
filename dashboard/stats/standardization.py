"""One rate over strata that are weighted by something other than their own size."""

import math
from collections.abc import Hashable, Mapping
from typing import TypeVar

Stratum = TypeVar("Stratum", bound=Hashable)
Parts = tuple[int, int]
"""Numerator and denominator of one stratum."""


def standardised(
    strata: Mapping[Stratum, Parts], weights: Mapping[Stratum, float]
) -> tuple[float, float]:
    """The rate of `strata` weighted by `weights`, which sum to 1, and its standard error.

    Every stratum that has a weight needs a denominator.
    """
    rate = sum(weight * strata[key][0] / strata[key][1] for key, weight in weights.items())
    variance = 0.0
    for key, weight in weights.items():
        part, whole = strata[key]
        # One success and one failure more: a stratum of 3 out of 3 is not certain.
        share = (part + 1) / (whole + 2)
        variance += weight**2 * share * (1 - share) / whole
    return rate, math.sqrt(variance)
