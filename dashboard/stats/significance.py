"""Whether two measurements differ by more than noise. Nothing else is marked or coloured."""

import math
from collections.abc import Sequence
from typing import Protocol

from dashboard.stats.intervals import newcombe, wilson


class Comparable(Protocol):
    """What a metric says of how its figures are compared; `unit` as in `Metric`."""

    @property
    def unit(self) -> str: ...

    @property
    def minimum_n(self) -> int: ...


class Measured(Protocol):
    """A row of `measure`: what two figures are compared by."""

    value: float
    n: int
    numerator: float
    denominator: float
    low: float
    high: float


def is_enough(metric: Comparable, now: Measured, past: Sequence[Measured]) -> bool:
    """Whether n reaches the registry's minimum, below which no change is marked."""
    if metric.unit == "count":
        # A count has no n to speak of; it is the expected number that must not be tiny.
        return max(now.value, sum(row.value for row in past) / len(past)) >= 5
    return now.n >= metric.minimum_n


def differs(metric: Comparable, now: Measured, past: Sequence[Measured]) -> bool:
    """Whether the 95 % interval of the difference between `now` and `past` together excludes zero.

    A metric without an interval (a quantile) never differs. A mean is compared by its own intervals,
    which is stricter than it need be.
    """
    if metric.unit == "share":
        pooled = (sum(row.numerator for row in past), sum(row.denominator for row in past))
        low, high = newcombe((now.numerator, now.denominator), pooled)
        return low > 0 or high < 0
    if metric.unit in ("count", "per 100"):
        # Of all events, those of now are binomial with the share of now in all the exposure.
        exposure = now.denominator if metric.unit == "per 100" else 1
        total = exposure + sum(row.denominator if metric.unit == "per 100" else 1 for row in past)
        events = now.numerator + sum(row.numerator for row in past)
        low, high = wilson(now.numerator, events)
        return not low <= exposure / total <= high
    if metric.unit == "score" and len(past) == 1:
        bounds = (now.low, now.high, past[0].low, past[0].high)
        if all(bound is not None and not math.isnan(bound) for bound in bounds):
            return now.low > past[0].high or now.high < past[0].low
    return False
