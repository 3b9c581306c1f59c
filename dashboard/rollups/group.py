"""Rollup groups: sums of one fact that become final together, and the tables that hold them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from dashboard.metrics.columns import columns_of
from dashboard.metrics.facts import Fact
from dashboard.metrics.figure import RowCount
from dashboard.rollups.materialized import MaterializedFact

_CALENDAR = ("day", "week", "month")


@dataclass(frozen=True)
class Rollup:
    """One table of sums: `grain` is `15min` or `day`, `dimensions` are keys of the fact's."""

    table: str
    grain: str
    dimensions: tuple[str, ...] = ()

    def answers(self, dimensions: Iterable[str], bucket: str | None, same_days: bool) -> bool:
        """Whether it can be grouped and filtered by `dimensions` and cut into `bucket`.

        `same_days`: the question counts days in the zone in which the sums were taken.
        """
        if not set(dimensions) <= set(self.dimensions):
            return False
        if bucket is None:
            return True
        if self.grain == "day":
            return bucket in _CALENDAR and same_days
        return bucket != "5min"


@dataclass(frozen=True, eq=False)
class RollupGroup:
    """Sums of one fact that become final together, in one or more rollups.

    Of the rollups that can answer a question the first does, and the first finer one beside it where the
    window begins or ends within a day. Of the columns that change late it `holds` some; `matures_after`:
    how long after its end an episode is final. `kept`: materialized rows among which are all that it
    counts. A group of `counted` rows tells how their values are distributed, and sums nothing else.
    `columns`: SQL of each aggregate → the column that holds its sum, in the registry's order.
    """

    key: str
    fact: Fact
    rollups: tuple[Rollup, ...]
    holds: tuple[str, ...] = ()
    matures_after: timedelta = timedelta()
    kept: MaterializedFact | None = field(default=None, repr=False)
    counted: RowCount | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def fact_columns(self) -> set[str]:
        """The columns of the fact's rows that the sums need."""
        keys = {key for rollup in self.rollups for key in rollup.dimensions}
        grouped_by = {self.fact.dimension(key).column for key in keys}
        return {self.fact.date_column}.union(grouped_by, *map(columns_of, self.columns))

    @property
    def counts_ratings(self) -> bool:
        return "rating" in self.holds
