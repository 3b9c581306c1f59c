"""Which columns a fact has, and which ones a metric's SQL mentions: parsed, never guessed."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import sqlglot
from sqlglot import exp

from dashboard.metrics.dimension_sql import dimension_query
from dashboard.metrics.facts import Fact

_DIALECT = "postgres"
_UNITS = {
    "SECOND": timedelta(seconds=1),
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
    "WEEK": timedelta(weeks=1),
    "MONTH": timedelta(days=31),
    "YEAR": timedelta(days=366),
}


def parse(sql: str) -> exp.Expr:
    """One expression or statement as a tree. Raises sqlglot's `SqlglotError` where it is not SQL."""
    return sqlglot.parse_one(sql, dialect=_DIALECT)


@cache
def columns_of(sql: str) -> frozenset[str]:
    """The columns that an expression mentions. Raises sqlglot's `SqlglotError`."""
    # As PostgreSQL reads them: what stands in no quotes is small.
    return frozenset(
        column.name if column.this.quoted else column.name.lower()
        for column in parse(sql).find_all(exp.Column)
    )


@cache
def conditions_of(sql: str) -> frozenset[str]:
    """What every row that an aggregate counts meets: the parts of its filter joined by `and`."""
    kept = parse(sql).find(exp.Where)
    if kept is None:
        return frozenset()
    return frozenset(part.unnest().sql(dialect=_DIALECT) for part in _joined(kept.this))


def _joined(condition: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(condition := condition.unnest(), exp.And):
        yield from _joined(condition.left)
        yield from _joined(condition.right)
    else:
        yield condition


@cache
def longest_interval(sql: str) -> timedelta:
    """The longest interval that an expression names; zero where it names none.

    Raises `ValueError` for one that is not like `interval '24 hours'`.
    """
    return max(map(_length, parse(sql).find_all(exp.Interval)), default=timedelta())


def _length(interval: exp.Interval) -> timedelta:
    unit = interval.text("unit").upper().removesuffix("S")
    if unit not in _UNITS:
        raise ValueError(f"{interval.sql(dialect=_DIALECT)} is no number of hours or days")
    return float(interval.name) * _UNITS[unit]


def fact_columns(fact: Fact) -> tuple[str, ...]:
    """The columns of the fact's rows, in the order of its file."""
    return _columns_of_file(fact.path)


@cache
def _columns_of_file(path: str) -> tuple[str, ...]:
    # A colon that is no parameter is marked for SQLAlchemy.
    statement = parse(dimension_query(path).replace(r"\:", ":"))
    named = {cte.alias: cte.this for cte in statement.find_all(exp.CTE)}
    return tuple(_selected(statement, named, path))


def _selected(query: exp.Expr, named: dict[str, exp.Expr], path: str) -> list[str]:
    """The columns of a query, those behind a star looked up in the `with` that it stands for."""
    assert isinstance(query, exp.Query), path
    found = []
    for chosen in query.selects:
        if not chosen.is_star:
            found.append(chosen.alias_or_name)
            continue
        origin = getattr(chosen, "table", "") or query.args["from_"].this.name
        if origin not in named:
            raise ValueError(f"queries/{path} takes * from {origin}: name its columns there.")
        found += _selected(named[origin], named, path)
    return found
