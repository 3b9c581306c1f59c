"""What customers wrote beside their rating, page by page."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Select, column, func, literal_column, select

from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.statement import conditions, rows_of
from dashboard.reports.account_names import with_account_names
from dashboard.reports.satisfaction import newest_first, rated_rows
from dashboard.scope import Scope
from dashboard.warehouse.read import fetch, read

PAGE_ROWS = 10
_BY_RATING = {"lowest rating": [column("rating")], "highest rating": [column("rating").desc()]}
BESIDE = {"all": "true", "low": "rating <= 2", "middle": "rating = 3", "high": "rating >= 4"}
"""Which comments, by the rating they stand beside: SQL over a rated row."""

_WRITTEN = literal_column(r"(rating_comment ~ '\S')")


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
        func.count().filter(_WRITTEN, literal_column(f"({where})")).label(key)
        for key, where in BESIDE.items()
    ]
    row = fetch(
        select(func.count().label("ratings"), *counted)
        .select_from(rows_of(fact, scope))
        .where(column("rating").is_not(None), *conditions(fact, scope.filters))
    )[0]
    return CommentCounts(row["ratings"], {key: row[key] for key in BESIDE})


def comments(scope: Scope, dating: str, beside: str, order: str, page: int) -> pd.DataFrame:
    """One page of comments, a rated episode each, with `account_name`. Raises the errors of `read`."""
    return with_account_names(read(comments_statement(scope, dating, beside, order, page)))


def comments_statement(scope: Scope, dating: str, beside: str, order: str, page: int) -> Select:
    """What `comments` asks: `beside` a key of `BESIDE`, `order` "lowest rating", "highest rating" or
    newest first, `page` from 1."""
    return (
        rated_rows(_fact(dating), scope)
        .where(_WRITTEN, literal_column(f"({BESIDE[beside]})"))
        .order_by(*_BY_RATING.get(order, []), *newest_first())
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    )


def _fact(dating: str) -> Fact:
    return FACTS["ratings" if dating == "event" else "episodes"]
