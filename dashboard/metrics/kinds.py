"""Kinds of metric that count: how many, what share, how many per hundred.

Every rate is taken over summed counts, never as a mean of means.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dashboard.metrics.figure import Aggregate, Figure, Kind, RowCount, Sums
from dashboard.stats.intervals import Z, byar, wilson


@dataclass(frozen=True)
class Count(Kind):
    """How many rows."""

    rows: RowCount

    @property
    def row_counts(self) -> tuple[RowCount, ...]:
        return (self.rows,)

    def figure(self, sums: Sums) -> Figure:
        count = self.rows.count(sums)
        return Figure(count, count, count)


@dataclass(frozen=True)
class Share(Kind):
    """Rows as a share of others that contain them, with a Wilson interval; between 0 and 1."""

    numerator: RowCount
    denominator: RowCount

    @property
    def row_counts(self) -> tuple[RowCount, ...]:
        return (self.numerator, self.denominator)

    @property
    def description(self) -> str:
        return f"{self.numerator.description}, as a share of {self.denominator.description}"

    def figure(self, sums: Sums) -> Figure:
        part, whole = self.numerator.count(sums), self.denominator.count(sums)
        if not whole:
            return Figure(None, 0, part, whole)
        return Figure(part / whole, whole, part, whole, *wilson(part, whole))


@dataclass(frozen=True)
class DurableShare(Kind):
    """A share of the mature rows, with the range it can still take once all rows are mature."""

    numerator: RowCount
    mature: RowCount
    all_rows: RowCount
    undecided: RowCount

    @property
    def row_counts(self) -> tuple[RowCount, ...]:
        return (self.numerator, self.mature)

    @property
    def description(self) -> str:
        return Share(self.numerator, self.mature).description

    def asked(self) -> Iterator[Aggregate]:
        yield from super().asked()
        yield self.all_rows.aggregate
        yield self.undecided.aggregate

    def figure(self, sums: Sums) -> Figure:
        figure = Share(self.numerator, self.mature).figure(sums)
        total, undecided = self.all_rows.count(sums), self.undecided.count(sums)
        if total == figure.n:
            return figure
        durable = figure.numerator or 0
        return replace(figure, least=durable / total, most=(durable + undecided) / total)


@dataclass(frozen=True)
class PerHundred(Kind):
    """Events per 100 of something they are not part of, with Byar's Poisson interval."""

    events: RowCount
    base: RowCount

    @property
    def row_counts(self) -> tuple[RowCount, ...]:
        return (self.events, self.base)

    @property
    def description(self) -> str:
        return f"{self.events.description} per 100 {self.base.description}"

    def figure(self, sums: Sums) -> Figure:
        events, base = self.events.count(sums), self.base.count(sums)
        if not base:
            return Figure(None, 0, events, base)
        value, low, high = (100 * count / base for count in (events, *byar(events)))
        return Figure(value, base, events, base, low, high)


@dataclass(frozen=True)
class Product(Kind):
    """Two shares multiplied; the interval treats them as independent (delta method on the logs).

    It has no numerator of its own: the shares exclude different rows.
    """

    first: Share
    second: Share

    @property
    def row_counts(self) -> tuple[RowCount, ...]:
        return (self.second.numerator, self.first.denominator)

    @property
    def description(self) -> str:
        return f"{self.first.description}, multiplied by {self.second.description}"

    def asked(self) -> Iterator[Aggregate]:
        yield from self.first.asked()
        yield from self.second.asked()

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
        low, high = (value * math.exp(sign * Z * spread) for sign in (-1, 1))
        return Figure(value, first.n, low=low, high=min(high, 1.0))
