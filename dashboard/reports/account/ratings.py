"""How one account rated, and what it wrote beside it."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Select

from dashboard.metrics.facts import FACTS
from dashboard.postgres.read import read
from dashboard.reports.satisfaction.rated_episodes import NEWEST_FIRST, RatingQuery, rated_statement
from dashboard.reports.satisfaction.satisfaction import distribution
from dashboard.scope import Scope


@dataclass(frozen=True)
class Ratings:
    """`rows`: a rated episode each, the newest rating first; `counts`: rating (5 to 1) → how many of
    all there are."""

    rows: pd.DataFrame
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def account_ratings(scope: Scope, most: int) -> Ratings:
    """Ratings of the episodes of `scope`, dated by the episode. The errors of `measure` pass through."""
    return Ratings(read(ratings_statement(scope, most)), distribution(scope, "episode"))


def ratings_statement(scope: Scope, most: int) -> Select:
    """What `account_ratings` asks for the rows."""
    return rated_statement(RatingQuery(FACTS["episodes"], scope, (), NEWEST_FIRST, most))
