"""How customers rated: the distribution, who handled the episode, and low ratings on contained ones."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Select, literal_column

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import find_metric
from dashboard.query.measure import measure
from dashboard.reports.satisfaction.rated_episodes import (
    RatingQuery,
    lowest_first,
    rated_statement,
    read_rated,
)
from dashboard.reports.shared.account_names import with_account_names
from dashboard.scope import Scope
from dashboard.stats.intervals import newcombe

STARS = ("5", "4", "3", "2", "1")
HANDLED_BY = ("ai only", "ai and human", "human only", "nobody")


def distribution(scope: Scope, dating: str) -> dict[str, int]:
    """Rating → how many, from 5 to 1. The errors of `measure` pass through."""
    rows = measure(["ratings"], scope, by=["rating"], dating=dating)
    counts = dict(zip(rows["rating"], rows["value"], strict=True))
    return {stars: int(counts.get(stars, 0)) for stars in STARS}


@dataclass(frozen=True)
class Difference:
    """CSAT of `one` minus that of `other`, with its 95 % interval (Newcombe), as shares."""

    one: str
    other: str
    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Handlers:
    """`rows`: CSAT as `measure` gives it by `handled_by`, in the order of `HANDLED_BY`, without groups
    that have no rating; `whole`: of all; `differences`: the AI alone against each other group."""

    rows: pd.DataFrame
    whole: pd.Series
    differences: list[Difference]


def by_handler(scope: Scope, dating: str) -> Handlers:
    """CSAT by who handled the episode. The errors of `measure` pass through."""
    rows = measure(["csat"], scope, by=["handled_by"], dating=dating)
    rows = rows[rows["n"] > 0].set_index("handled_by", drop=False)
    rows = rows.loc[[handler for handler in HANDLED_BY if handler in rows.index]]
    whole = measure(["csat"], scope, dating=dating).iloc[0]
    return Handlers(rows.reset_index(drop=True), whole, _differences(rows))


def _differences(rows: pd.DataFrame) -> list[Difference]:
    first = HANDLED_BY[0]
    if first not in rows.index:
        return []
    parts = {row.handled_by: (row.numerator, row.denominator) for row in rows.itertuples()}
    found = []
    for other in HANDLED_BY[1:3]:
        if other in parts:
            gap = parts[first][0] / parts[first][1] - parts[other][0] / parts[other][1]
            found.append(Difference(first, other, gap, *newcombe(parts[first], parts[other])))
    return found


@dataclass(frozen=True)
class Rated:
    """`rows`: a rated episode each, with `account_name`; `total` counts all there are."""

    rows: pd.DataFrame
    total: int


def low_on_contained(scope: Scope, dating: str, most: int) -> Rated:
    """Contained episodes rated 1 or 2, the lowest and then newest first. Raises the errors of `read`."""
    figure = measure(["contained_low_rate"], scope, dating=dating).iloc[0]
    rows = read_rated(_low_on_contained(scope, dating, most))
    return Rated(with_account_names(rows), int(figure["numerator"]))


def low_on_contained_statement(scope: Scope, dating: str, most: int) -> Select:
    """What `low_on_contained` asks for the rows."""
    return rated_statement(_low_on_contained(scope, dating, most))


def _low_on_contained(scope: Scope, dating: str, most: int) -> RatingQuery:
    low = find_metric("contained_low_rate").kind_for(dating).row_counts[0]
    where: tuple[ColumnElement[bool], ...] = (literal_column(f"({low.where})"),)
    return RatingQuery(FACTS[low.fact], scope, where, lowest_first(), most)
