"""What a metric is made of: counts of rows, the aggregates it asks SQL for, and the figure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

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
class Aggregate:
    """One aggregate over the rows of a fact. Equal ones are asked for once.

    `description` says what it is. `rolled_up`: those of disjoint rows add up to that of all of them, so
    that it is stored by day and summed. `matures_after`: how long after an episode's end it is final.
    """

    fact: str
    sql: str
    description: str = field(default="", compare=False)
    rolled_up: bool = field(default=True, compare=False)
    matures_after: timedelta = field(default=timedelta(), compare=False)

    @property
    def name(self) -> str:
        return f"{self.fact}: {self.sql}"


@dataclass(frozen=True)
class RowCount:
    """Rows of a fact for which `where` (SQL over its columns) holds; `description`: a plural noun phrase.

    `matures_after`: for how long after its end it may still be decided whether an episode is one of
    them. `rolled_up` false: they are counted from the facts each time, never from sums.
    """

    fact: str
    description: str
    where: str = "true"
    matures_after: timedelta = field(default=timedelta(), kw_only=True)
    rolled_up: bool = field(default=True, kw_only=True)

    @property
    def aggregate(self) -> Aggregate:
        counting = f"count(*) filter (where {self.where})"
        return Aggregate(self.fact, counting, self.description, self.rolled_up, self.matures_after)

    def count(self, sums: Sums) -> int:
        """How many rows; 0 for a group that has none."""
        return int(sums.get(self.aggregate.name) or 0)


class Kind:
    """What every kind of metric offers; each kind is a frozen dataclass of row counts and columns."""

    @property
    def row_counts(self) -> tuple[RowCount, ...]:
        """The rows behind the figure, the widest last: what a drill-down lists."""
        raise NotImplementedError

    @property
    def description(self) -> str:
        """What is computed, as a phrase made from the descriptions of what is counted."""
        return self.row_counts[-1].description

    def figure(self, sums: Sums) -> Figure:
        """The figure of one group."""
        raise NotImplementedError

    def asked(self) -> Iterator[Aggregate]:
        """Every aggregate the figure needs: its row counts, and what a kind adds."""
        for row_count in self.row_counts:
            yield row_count.aggregate

    def aggregates(self) -> dict[str, dict[str, str]]:
        """Fact → aggregate name → SQL."""
        gathered: dict[str, dict[str, str]] = {}
        for aggregate in self.asked():
            gathered.setdefault(aggregate.fact, {})[aggregate.name] = aggregate.sql
        return gathered
