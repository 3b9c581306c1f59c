"""Quantiles from a histogram on a scale of logarithms, as `duration_bin` of facts/spans.sql has it."""

from collections.abc import Mapping
from itertools import accumulate
from math import ceil, floor, sqrt

STEP = 1.05
"""A bin's upper edge over its lower one."""
ERROR = sqrt(STEP) - 1
"""How far a quantile may be off, as a share of it: 2.5 %."""


def quantile(counts: Mapping[int, int], q: float) -> float | None:
    """The `q` quantile of the values counted by bin, interpolated as PostgreSQL's percentile_cont does.

    A value stands for the geometric middle of its bin, so the answer is within `ERROR` of the exact
    one. None where nothing was counted.
    """
    bins = sorted(bin_ for bin_, count in counts.items() if count)
    if not bins:
        return None
    up_to = list(accumulate(counts[bin_] for bin_ in bins))
    place = q * (up_to[-1] - 1)

    def value_at(rank: int) -> float:
        found = next(bin_ for bin_, end in zip(bins, up_to, strict=True) if rank < end)
        return STEP ** (found - 0.5)

    low, high = value_at(floor(place)), value_at(ceil(place))
    return low + (high - low) * (place - floor(place))
