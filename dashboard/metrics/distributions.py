"""Kinds of metric over a column's values: its mean, a quantile, a quantile of waiting."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from dashboard.metrics.figure import Aggregate, Figure, Kind, RowCount, Sums
from dashboard.stats.intervals import normal
from dashboard.stats.survival import wait_times, waiting_curve


@dataclass(frozen=True)
class _OfColumn(Kind):
    rows: RowCount

    @property
    def row_counts(self) -> tuple[RowCount, ...]:
        return (self.rows,)

    def _aggregate(self, sql: str, description: str = "", rolled_up: bool = False) -> Aggregate:
        filtered = f"{sql} filter (where {self.rows.where})"
        return Aggregate(self.rows.fact, filtered, description, rolled_up, self.rows.matures_after)


@dataclass(frozen=True)
class Mean(_OfColumn):
    """The mean of a column over the rows counted, with a normal interval from two rows on."""

    column: str

    @property
    def _powers(self) -> tuple[Aggregate, Aggregate]:
        # As numeric the result does not depend on the order in which the rows come.
        value = f"cast({self.column} as numeric)"
        what = f"{self.column} of the {self.rows.description}"
        return (
            self._aggregate(f"sum({value})", f"sum of the {what}", self.rows.rolled_up),
            self._aggregate(
                f"sum({value} * {value})", f"sum of the squared {what}", self.rows.rolled_up
            ),
        )

    def asked(self) -> Iterator[Aggregate]:
        yield from super().asked()
        yield from self._powers

    def figure(self, sums: Sums) -> Figure:
        n = self.rows.count(sums)
        total, squares = (sums.get(power.name) for power in self._powers)
        if not n or total is None or squares is None:
            return Figure(None, 0)
        mean = Fraction(total) / n
        around = math.sqrt((Fraction(squares) - n * mean * mean) / (n - 1)) if n > 1 else None
        return Figure(float(mean), n, None, n, *normal(float(mean), around, n))


@dataclass(frozen=True)
class Quantile(_OfColumn):
    """The `q` quantile of a column over the rows counted, interpolated; no interval.

    Over long windows a quantile of durations is read from a histogram (`stats/histogram.py`).
    """

    column: str
    q: float

    @property
    def quantile(self) -> Aggregate:
        return self._aggregate(f"percentile_cont({self.q}) within group (order by {self.column})")

    def asked(self) -> Iterator[Aggregate]:
        yield from super().asked()
        yield self.quantile

    def figure(self, sums: Sums) -> Figure:
        n = self.rows.count(sums)
        return Figure(sums.get(self.quantile.name), n, None, n)


@dataclass(frozen=True)
class WaitingQuantile(_OfColumn):
    """The `q` quantile of a waiting time by Kaplan-Meier: those still waiting are censored.

    `answered` and `censored` are columns of seconds; exactly one is set on a row that counts. The
    value is None where the curve never falls to 1 − q, that is, too many are still waiting.
    """

    answered: str
    censored: str
    q: float

    @property
    def times(self) -> list[Aggregate]:
        """What gathers the waits: of the answered, and of the others."""
        return [
            Aggregate(
                self.rows.fact,
                f"array_agg(cast({column} as double precision))"
                f" filter (where {column} is not null and {self.rows.where})",
                rolled_up=False,
            )
            for column in (self.answered, self.censored)
        ]

    def asked(self) -> Iterator[Aggregate]:
        yield from super().asked()
        yield from self.times

    def figure(self, sums: Sums) -> Figure:
        answered, censored = (wait_times(sums.get(times.name)) for times in self.times)
        n = self.rows.count(sums)
        return Figure(waiting_curve(answered, censored).quantile(self.q), n, answered.total, n)
