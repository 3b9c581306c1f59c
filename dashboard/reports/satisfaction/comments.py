"""What customers wrote beside their rating, page by page."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Select, column, func, literal_column, select

from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.reports.satisfaction.rated_episodes import (
    NEWEST_FIRST,
    RatingQuery,
    SortOrder,
    highest_first,
    lowest_first,
    rated_statement,
    read_rated,
)
from dashboard.reports.shared.account_names import with_account_names
from dashboard.scope import Scope

PAGE_ROWS = 10
BESIDE = {"all": "true", "low": "rating <= 2", "middle": "rating = 3", "high": "rating >= 4"}
"""Which comments, by the rating they stand beside: SQL over a rated row."""

_ENDS = {"all": (1, 5), "low": (1, 2), "middle": (3, 3), "high": (4, 5)}
"""The lowest and the highest rating of each."""

_WRITTEN: ColumnElement[bool] = literal_column(r"(rating_comment ~ '\S')")


@dataclass(frozen=True)
class CommentCounts:
    """`ratings` there are, and of these with a comment, by the keys of `BESIDE`."""

    ratings: int
    comments: dict[str, int]

    def pages(self, beside: str) -> int:
        """How many pages the comments fill, at least one."""
        return max(1, -(-self.comments[beside] // PAGE_ROWS))


def comment_counts(scope: Scope, dating: str) -> CommentCounts:
    """How many there are. Raises the errors of `fetch`."""
    fact = _fact(dating)
    counted = [
        func.count().filter(literal_column(f"({where})")).label(key)
        for key, where in BESIDE.items()
    ]
    row = fetch(
        select(*counted)
        .select_from(rows_of(fact, scope))
        .where(column("rating").is_not(None), _WRITTEN, *conditions(fact, scope.filters))
    )[0]
    ratings = measure(["ratings"], scope, dating=dating).iloc[0]["value"]
    return CommentCounts(int(ratings), dict(row))


def comments(scope: Scope, dating: str, beside: str, order: str, page: int) -> pd.DataFrame:
    """One page of comments, a rated episode each, with `account_name`. Raises the errors of `read`."""
    return with_account_names(read_rated(_wanted(scope, dating, beside, order, page)))


def comments_statement(scope: Scope, dating: str, beside: str, order: str, page: int) -> Select:
    """What `comments` asks: `beside` a key of `BESIDE`, `order` "lowest rating", "highest rating" or
    newest first, `page` from 1."""
    return rated_statement(_wanted(scope, dating, beside, order, page))


def _wanted(scope: Scope, dating: str, beside: str, order: str, page: int) -> RatingQuery:
    where: tuple[ColumnElement[bool], ...] = (_WRITTEN, literal_column(f"({BESIDE[beside]})"))
    return RatingQuery(_fact(dating), scope, where, _order(order, beside), PAGE_ROWS, page)


def _order(order: str, beside: str) -> SortOrder:
    lowest, highest = _ENDS[beside]
    if order == "lowest rating":
        return lowest_first(lowest)
    return highest_first(highest) if order == "highest rating" else NEWEST_FIRST


def _fact(dating: str) -> Fact:
    return FACTS["ratings" if dating == "event" else "episodes"]
