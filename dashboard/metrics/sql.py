"""The one statement per fact that a measurement sends: groups over the fact's rows.

The fact's own SQL stands in its file; here it is wrapped with windows, filters, buckets and groups.
Values are bound; every name comes from the fact's own list of dimensions.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BindParameter,
    ColumnClause,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Text,
    TextClause,
    any_,
    bindparam,
    column,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from dashboard.metrics.buckets import bucket_of, bucket_starts, next_start
from dashboard.metrics.dimension_sql import dimension_query
from dashboard.metrics.facts import Fact
from dashboard.scope import Filters, Scope

_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)")
_COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)
_INSTANT = TIMESTAMP(timezone=True)


def rows_of(fact: Fact, scope: Scope, frame: int = 0) -> TextClause:
    """The fact's rows in `scope`, before filters, as something to select from: `(…) as fact`.

    A snapshot's rows are those of the window's end. `frame` keeps the parameters of several scopes
    in one statement apart.
    """
    if fact.is_snapshot:
        return file_rows(fact.path, {"instants": list(snapshot_instants(scope, None))}, frame)
    return file_rows(fact.path, {**window_of(scope), **fact.fixed}, frame)


def window_of(scope: Scope) -> dict[str, Any]:
    """The parameters of a file that say which window is asked for, and when."""
    return {"since": scope.since, "until": scope.until, "as_of": scope.as_of}


def file_rows(path: str, values: Mapping[str, Any], frame: int) -> TextClause:
    """The rows of a file under `queries/`, its parameters bound: `(…) as fact`."""
    return _text_of(path, frame).bindparams(
        *(_bound(f"{name}_{frame}", value) for name, value in values.items())
    )


@cache
def _text_of(path: str, frame: int) -> TextClause:
    # The header stays in the file: its examples would read as parameters.
    body = _COMMENT.sub("", dimension_query(path))
    body = _PARAMETER.sub(lambda match: f":{match[1]}_{frame}", body)
    return text(f"(\n{body.strip()}\n) as fact")


def conditions(fact: Fact, filters: Filters) -> list[ColumnElement[bool]]:
    """`filters` as SQL over the fact's columns. Raises `UnknownDimension`."""
    found = []
    for key, values in filters:
        named: ColumnClause = column(fact.dimension(key).column)
        known = [value for value in values if value is not None]
        either = [among(named, known)] if known else []
        if None in values:
            either.append(named.is_(None))
        found.append(or_(*either))
    return found


def filter_columns(fact: Fact, filters: Filters) -> set[str]:
    """The columns that `filters` read, of those that are dimensions of the fact."""
    return {fact.dimension(key).column for key, _ in filters if fact.has(key)}


def among(named: ColumnElement, values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether the column `named` of a fact has one of `values`."""
    if named.key != "account_id":
        return named.in_(values)
    # Not `in`: of a single account that makes an equality, which PostgreSQL puts in the place of the
    # joins on account_id, and Citus no longer sees that they stay on one shard.
    return named == any_(array([literal(value) for value in values]))


def measurement(
    fact: Fact,
    aggregates: Mapping[str, str],
    scopes: Sequence[Scope],
    by: Sequence[str] = (),
    bucket: str | None = None,
) -> Select | CompoundSelect:
    """One statement for all `aggregates` (name → SQL) of a fact, in every one of `scopes`.

    Columns: `frame` (the scope's position), `bucket` when asked, the dimensions of `by`, then
    `a0`, `a1`, … in the order of `aggregates`. Raises `UnknownDimension` and `ScopeInvalid`.
    """
    parts = [
        grouped(fact, aggregates, rows_of(fact, scope, frame), scope, by, bucket, frame)
        for frame, scope in enumerate(scopes)
    ]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def grouped(
    fact: Fact,
    aggregates: Mapping[str, str],
    rows: FromClause | TextClause,
    scope: Scope,
    by: Sequence[str],
    bucket: str | None,
    frame: int = 0,
) -> Select:
    """The same over `rows`, which have the fact's columns; of `scope` the filters and the zone count."""
    groups: list[ColumnElement] = []
    if bucket:
        date: ColumnClause = column(fact.date_column)
        groups.append(bucket_of(date, bucket, scope.time_zone).label("bucket"))
    return _grouped(fact, aggregates, scope.filters, rows, groups, by, frame)


def snapshot_measurement(
    fact: Fact,
    aggregates: Mapping[str, str],
    scopes: Sequence[Scope],
    by: Sequence[str] = (),
    bucket: str | None = None,
) -> Select | CompoundSelect:
    """The same for a snapshot, all instants of all scopes at once.

    Columns: `frame`, here the position of the first scope with the same filters; `at`, the instant;
    then as in `measurement`.
    """
    instants: dict[Filters, set[datetime]] = {}
    for scope in scopes:
        instants.setdefault(scope.filters, set()).update(snapshot_instants(scope, bucket))
    parts: list[Select] = []
    for frame, scope in enumerate(scopes):
        if scope.filters not in instants:
            continue
        for wanted in _runs(sorted(instants.pop(scope.filters))) or [[]]:
            rows = file_rows(fact.path, {"instants": wanted}, len(parts))
            at: list[ColumnElement] = [column("at").label("at")]
            parts.append(_grouped(fact, aggregates, scope.filters, rows, at, by, frame))
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _runs(instants: list[datetime]) -> list[list[datetime]]:
    """Instants of one day and the next together; those further apart share few rows."""
    runs: list[list[datetime]] = []
    for instant in instants:
        if not runs or instant - runs[-1][-1] > timedelta(days=1):
            runs.append([])
        runs[-1].append(instant)
    return runs


def _grouped(
    fact: Fact,
    aggregates: Mapping[str, str],
    filters: Filters,
    rows: FromClause | TextClause,
    groups: list[ColumnElement],
    by: Sequence[str],
    frame: int,
) -> Select:
    groups = groups + [column(fact.dimension(key).column).label(f"by_{key}") for key in by]
    sums: list[ColumnElement] = [
        literal_column(sql).label(f"a{i}") for i, sql in enumerate(aggregates.values())
    ]
    chosen = (
        select(literal(frame).label("frame"), *groups, *sums)
        .select_from(rows)
        .where(*conditions(fact, filters))
    )
    # By position: an expression with parameters, repeated, is not the same expression to PostgreSQL.
    positions: list[ColumnClause] = [literal_column(str(2 + i)) for i in range(len(groups))]
    return chosen.group_by(*positions) if positions else chosen


def snapshot_instants(scope: Scope, bucket: str | None) -> dict[datetime, datetime]:
    """At which instants a snapshot is taken → the bucket each stands for.

    Without buckets, the end of the window, or `as_of` if that is earlier; with them, each one's end.
    """
    last = min(scope.until, scope.as_of)
    if not bucket:
        return {last: last}
    starts = bucket_starts(scope.since, last, bucket, scope.time_zone)
    return {min(next_start(start, bucket, scope.time_zone), last): start for start in starts}


def _bound(name: str, value: Any) -> BindParameter:
    if isinstance(value, list):
        is_text = all(isinstance(item, str) for item in value)
        return bindparam(name, value, type_=ARRAY(Text if is_text else _INSTANT))
    if isinstance(value, datetime):
        return bindparam(name, value, type_=_INSTANT)
    return bindparam(name, value)
