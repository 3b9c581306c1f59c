"""Rated episodes one by one: a page of them, its keys found first and then what is shown of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pandas as pd
from sqlalchemy import ColumnClause, ColumnElement, Select, TextClause, column, select, tuple_

from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch, read
from dashboard.reports.conversations.rows import EPISODES_EVER
from dashboard.reports.shared.nearest import nearest
from dashboard.scope import Scope

_COLUMNS = (
    "account_id",
    "conversation_id",
    "topic",
    "channel",
    "agent_version",
    "plan",
    "rating",
    "rating_comment",
    "rated_at",
    "outcome",
    "handled_by",
    "started_at",
)
_KEYS = ("account_id", "conversation_id")
_RATINGS = FACTS["ratings"]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SortOrder:
    """The newest ratings first, or before that by rating: `first` is the one that no other stands before."""

    by_rating: tuple[ColumnElement, ...] = ()
    first: int | None = None

    @property
    def terms(self) -> tuple[ColumnElement, ...]:
        """What follows `order by`."""
        return (*self.by_rating, column("rated_at").desc(), *map(column, _KEYS))

    @property
    def of_the_first(self) -> tuple[ColumnElement[bool], ...]:
        """What holds for those that stand before all others."""
        return () if self.first is None else (column("rating") == self.first,)


NEWEST_FIRST = SortOrder()


def lowest_first(lowest: int = 1) -> SortOrder:
    """By rating upwards, where there is none below `lowest`."""
    return SortOrder((column("rating"),), lowest)


def highest_first(highest: int = 5) -> SortOrder:
    """By rating downwards, where there is none above `highest`."""
    return SortOrder((column("rating").desc(),), highest)


@dataclass(frozen=True)
class RatingQuery:
    """A page of `most` rated episodes of `scope` for which `where` holds; the first page is 1.

    `fact` is "episodes", dated by their start, or "ratings", dated by themselves.
    """

    fact: Fact
    scope: Scope
    where: tuple[ColumnElement[bool], ...]
    order: SortOrder
    most: int
    page: int = 1


def rated_statement(wanted: RatingQuery) -> Select:
    """One statement for all that is shown of the page."""
    return _page(wanted, _COLUMNS, rows_of(wanted.fact, wanted.scope))


def read_rated(wanted: RatingQuery) -> pd.DataFrame:
    """What `rated_statement` returns, read sooner. Raises the errors of `read`."""
    window = _when_rated(wanted)
    found = nearest(
        partial(_keys, wanted), window, wanted.most, _first_length(wanted.scope, window)
    )
    shown: Select = (
        select(*map(column, _COLUMNS))
        .select_from(rows_of(EPISODES_EVER, wanted.scope))
        .where(tuple_(*map(column, _KEYS)).in_(found))
        .order_by(*wanted.order.terms)
    )
    return read(shown)


def _when_rated(wanted: RatingQuery) -> Scope:
    """In which window the ratings were given: of episodes dated by their start, until now."""
    scope = wanted.scope
    if wanted.fact == _RATINGS or scope.as_of < scope.since:
        return scope
    return replace(scope, until=scope.as_of + timedelta(microseconds=1))


def _first_length(scope: Scope, window: Scope) -> timedelta:
    """A day of the scope and what of the window comes after it; all of it where that is much."""
    after = max(window.until - scope.until, timedelta())
    return after + _DAY if after < scope.length / 8 else window.length


def _keys(wanted: RatingQuery, part: Scope) -> list[tuple[str, str]]:
    """The page's keys, as far as they were rated in `part`."""
    if part == _when_rated(wanted):
        statement = _page(wanted, _KEYS, rows_of(wanted.fact, wanted.scope))
    else:
        # There is an index on when a rating was given: the newest come from it, whatever is dated how.
        started: ColumnClause = column("started_at")
        scope = wanted.scope
        statement = _page(wanted, _KEYS, rows_of(_RATINGS, part)).where(*wanted.order.of_the_first)
        if wanted.fact != _RATINGS:
            statement = statement.where(started >= scope.since, started < scope.until)
    return [(row["account_id"], row["conversation_id"]) for row in fetch(statement)]


def _page(wanted: RatingQuery, names: Iterable[str], rows: TextClause) -> Select:
    filters = conditions(wanted.fact, wanted.scope.filters)
    return (
        select(*map(column, names))
        .select_from(rows)
        .where(column("rating").is_not(None), *filters, *wanted.where)
        .order_by(*wanted.order.terms)
        .limit(wanted.most)
        .offset((wanted.page - 1) * wanted.most)
    )
