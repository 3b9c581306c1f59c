"""Kinds of metric over a column's values: its mean, a quantile, a quantile of waiting."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.metrics.figure import Aggregate, Figure, Kind, Sums, Tally
from dashboard.metrics.intervals import normal
from dashboard.metrics.survival import waiting_quantile


@dataclass(frozen=True)
class _OfColumn(Kind):
    rows: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.rows,)

    def _aggregate(self, sql: str) -> Aggregate:
        return Aggregate(self.rows.fact, f"{sql} filter (where {self.rows.where})")


@dataclass(frozen=True)
class Mean(_OfColumn):
    """The mean of a column over the rows of a tally, with a normal interval from two rows on."""

    column: str

    @property
    def _moments(self) -> tuple[Aggregate, Aggregate]:
        # As numeric the result does not depend on the order in which the rows come.
        values = f"(cast({self.column} as numeric))"
        return self._aggregate(f"avg{values}"), self._aggregate(f"stddev_samp{values}")

    def asked(self) -> Iterator[Aggregate]:
        yield from super().asked()
        yield from self._moments

    def figure(self, sums: Sums) -> Figure:
        n = self.rows.count(sums)
        mean, spread = (sums.get(moment.name) for moment in self._moments)
        if not n or mean is None:
            return Figure(None, 0)
        around = None if spread is None else float(spread)
        return Figure(float(mean), n, None, n, *normal(float(mean), around, n))


@dataclass(frozen=True)
class Quantile(_OfColumn):
    """The `q` quantile of a column over the rows of a tally, interpolated; no interval."""

    column: str
    q: float

    @property
    def _quantile(self) -> Aggregate:
        return self._aggregate(f"percentile_cont({self.q}) within group (order by {self.column})")

    def asked(self) -> Iterator[Aggregate]:
        yield from super().asked()
        yield self._quantile

    def figure(self, sums: Sums) -> Figure:
        n = self.rows.count(sums)
        return Figure(sums.get(self._quantile.name), n, None, n)


@dataclass(frozen=True)
class WaitingQuantile(_OfColumn):
    """The `q` quantile of a waiting time by Kaplan-Meier: who still waits counts as waiting.

    `answered` and `censored` are columns of seconds; exactly one is set on a row that counts. The
    value is None where the curve never falls to 1 − q, that is, too many are still waiting.
    """

    answered: str
    censored: str
    q: float

    @property
    def _times(self) -> list[Aggregate]:
        return [
            Aggregate(
                self.rows.fact,
                f"array_agg(cast({column} as double precision))"
                f" filter (where {column} is not null and {self.rows.where})",
            )
            for column in (self.answered, self.censored)
        ]

    def asked(self) -> Iterator[Aggregate]:
        yield from super().asked()
        yield from self._times

    def figure(self, sums: Sums) -> Figure:
        answered, censored = (sums.get(times.name) or [] for times in self._times)
        n = self.rows.count(sums)
        return Figure(waiting_quantile(answered, censored, self.q), n, len(answered), n)
