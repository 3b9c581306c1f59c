"""The kinds of metric there are: what each asks of SQL, and the figure it makes of the answer.

A kind names its aggregates; the statement asks each fact for all of its aggregates at once, and the
kind turns them into a `Figure`. Every rate is taken over summed counts, never as a mean of means.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from dashboard.metrics.intervals import byar, normal, wilson
from dashboard.metrics.survival import waiting_quantile

Sums = Mapping[str, Any]
"""Aggregate name → what SQL returned for one group; missing or None when the group has no rows."""


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    `value` is None when unknown (nothing to measure), never 0 for that reason. `n` counts what it
    was taken over. `low` and `high` are its 95 % interval, None where the metric has none. `least`
    and `most` bound what a provisional figure can still become; both are None when it is final.
    """

    value: float | None
    n: int
    numerator: float | None = None
    denominator: float | None = None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Tally:
    """Rows of a fact for which `where` (SQL over the fact's columns) holds; `words` says which."""

    fact: str
    words: str
    where: str = "true"

    @property
    def aggregate(self) -> tuple[str, str]:
        """Name and SQL; the name is the SQL's own, so that equal tallies are asked for once."""
        sql = f"count(*) filter (where {self.where})"
        return f"{self.fact}: {sql}", sql


class Kind(Protocol):
    """What every kind of metric offers."""

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """The rows behind the figure, the widest last: what a drill-down lists."""

    def aggregates(self) -> dict[str, dict[str, str]]:
        """Fact → aggregate name → SQL."""

    def figure(self, sums: Sums) -> Figure:
        """The figure of one group."""


def _gather(pairs: Sequence[tuple[str, tuple[str, str]]]) -> dict[str, dict[str, str]]:
    gathered: dict[str, dict[str, str]] = {}
    for fact, (name, sql) in pairs:
        gathered.setdefault(fact, {})[name] = sql
    return gathered


def _count(sums: Sums, tally: Tally) -> int:
    return int(sums.get(tally.aggregate[0]) or 0)


@dataclass(frozen=True)
class Count:
    """How many rows."""

    rows: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.rows,)

    def aggregates(self) -> dict[str, dict[str, str]]:
        return _gather([(self.rows.fact, self.rows.aggregate)])

    def figure(self, sums: Sums) -> Figure:
        count = _count(sums, self.rows)
        return Figure(count, count, count)


@dataclass(frozen=True)
class Share:
    """One tally as a share of another that contains it, with a Wilson interval; between 0 and 1."""

    numerator: Tally
    denominator: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.numerator, self.denominator)

    def aggregates(self) -> dict[str, dict[str, str]]:
        return _gather([(tally.fact, tally.aggregate) for tally in self.tallies])

    def figure(self, sums: Sums) -> Figure:
        part, whole = (_count(sums, tally) for tally in self.tallies)
        if not whole:
            return Figure(None, 0, part, whole)
        return Figure(part / whole, whole, part, whole, *wilson(part, whole))


@dataclass(frozen=True)
class DurableShare:
    """A share of the mature rows, with the range it can still take once all rows are mature."""

    numerator: Tally
    mature: Tally
    all_rows: Tally
    undecided: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.numerator, self.mature)

    def aggregates(self) -> dict[str, dict[str, str]]:
        tallies = (*self.tallies, self.all_rows, self.undecided)
        return _gather([(tally.fact, tally.aggregate) for tally in tallies])

    def figure(self, sums: Sums) -> Figure:
        figure = Share(self.numerator, self.mature).figure(sums)
        total, undecided = _count(sums, self.all_rows), _count(sums, self.undecided)
        if total == figure.n:
            return figure
        durable = figure.numerator or 0
        return replace(figure, least=durable / total, most=(durable + undecided) / total)


@dataclass(frozen=True)
class PerHundred:
    """Events per 100 of something they are not part of, with Byar's Poisson interval."""

    events: Tally
    base: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.events, self.base)

    def aggregates(self) -> dict[str, dict[str, str]]:
        return _gather([(tally.fact, tally.aggregate) for tally in self.tallies])

    def figure(self, sums: Sums) -> Figure:
        events, base = (_count(sums, tally) for tally in self.tallies)
        if not base:
            return Figure(None, 0, events, base)
        low, high = byar(events)
        return Figure(100 * events / base, base, events, base, 100 * low / base, 100 * high / base)


@dataclass(frozen=True)
class Product:
    """Two shares multiplied; the interval treats them as independent (delta method on the logs).

    It has no numerator of its own: the shares leave out different rows.
    """

    first: Share
    second: Share

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.second.numerator, self.first.denominator)

    def aggregates(self) -> dict[str, dict[str, str]]:
        tallies = (*self.first.tallies, *self.second.tallies)
        return _gather([(tally.fact, tally.aggregate) for tally in tallies])

    def figure(self, sums: Sums) -> Figure:
        first, second = self.first.figure(sums), self.second.figure(sums)
        if first.value is None or second.value is None:
            return Figure(None, first.n)
        value = first.value * second.value
        if not value:
            return Figure(value, first.n)
        spread = math.sqrt(
            (1 - first.value) / (first.n * first.value)
            + (1 - second.value) / (second.n * second.value)
        )
        low, high = (value * math.exp(sign * 1.959964 * spread) for sign in (-1, 1))
        return Figure(value, first.n, low=low, high=min(high, 1.0))


@dataclass(frozen=True)
class Mean:
    """The mean of a column over the rows of a tally, with a normal interval from two rows on."""

    column: str
    rows: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.rows,)

    @property
    def _moments(self) -> dict[str, tuple[str, str]]:
        rows = f"({self.column}) filter (where {self.rows.where})"
        wanted = {
            "mean": f"cast(avg{rows} as double precision)",
            "spread": f"cast(stddev_samp{rows} as double precision)",
        }
        return {name: (f"{self.rows.fact}: {sql}", sql) for name, sql in wanted.items()}

    def aggregates(self) -> dict[str, dict[str, str]]:
        wanted = (self.rows.aggregate, *self._moments.values())
        return _gather([(self.rows.fact, aggregate) for aggregate in wanted])

    def figure(self, sums: Sums) -> Figure:
        n = _count(sums, self.rows)
        mean, spread = (sums.get(name) for name, _ in self._moments.values())
        if not n or mean is None:
            return Figure(None, 0)
        return Figure(float(mean), n, None, n, *normal(float(mean), spread, n))


@dataclass(frozen=True)
class Quantile:
    """The `q` quantile of a column over the rows of a tally, interpolated; no interval."""

    column: str
    q: float
    rows: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.rows,)

    @property
    def _quantile(self) -> tuple[str, str]:
        sql = (
            f"percentile_cont({self.q}) within group (order by {self.column})"
            f" filter (where {self.rows.where})"
        )
        return f"{self.rows.fact}: {sql}", sql

    def aggregates(self) -> dict[str, dict[str, str]]:
        wanted = (self.rows.aggregate, self._quantile)
        return _gather([(self.rows.fact, aggregate) for aggregate in wanted])

    def figure(self, sums: Sums) -> Figure:
        n = _count(sums, self.rows)
        value = sums.get(self._quantile[0])
        return Figure(None if value is None else float(value), n, None, n)


@dataclass(frozen=True)
class WaitingQuantile:
    """The `q` quantile of a waiting time by Kaplan-Meier: who still waits counts as waiting.

    `answered` and `censored` are columns of seconds; exactly one is set on a row that counts. The
    value is None where the curve never falls to 1 − q, that is, too many are still waiting.
    """

    answered: str
    censored: str
    q: float
    rows: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return (self.rows,)

    @property
    def _times(self) -> list[tuple[str, str]]:
        return [
            (f"{self.rows.fact}: {sql}", sql)
            for sql in (
                f"array_agg(cast({column} as double precision))"
                f" filter (where {column} is not null and {self.rows.where})"
                for column in (self.answered, self.censored)
            )
        ]

    def aggregates(self) -> dict[str, dict[str, str]]:
        return _gather([(self.rows.fact, pair) for pair in (self.rows.aggregate, *self._times)])

    def figure(self, sums: Sums) -> Figure:
        answered, censored = (sums.get(name) or [] for name, _ in self._times)
        n = _count(sums, self.rows)
        return Figure(waiting_quantile(answered, censored, self.q), n, len(answered), n)
