"""Taking the sums of one day: the fact's own rows, grouped by the registry's own aggregates."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import psycopg
from psycopg import sql
from sqlalchemy import Select, TextClause, column, select, table

from dashboard.metrics.sql import file_rows, grouped, rows_of, window_of
from dashboard.postgres.statements import run_composed, run_file
from dashboard.rollups.coverage import Day
from dashboard.rollups.definitions import END_OF_TIME, ROLLUP_GROUPS, SCHEMA
from dashboard.rollups.group import Rollup, RollupGroup
from dashboard.rollups.row_counts import RowCounts
from dashboard.scope import Scope


def make_tables(connection: psycopg.Connection) -> None:
    """Drop and recreate every table of sums, empty."""
    for group in ROLLUP_GROUPS:
        for rollup in group.rollups:
            name = sql.Identifier(SCHEMA, rollup.table)
            connection.execute(sql.SQL("drop table if exists {}").format(name))
            connection.execute(_definition(group, rollup))
            for aggregate, kept_as in group.columns.items():
                connection.execute(
                    sql.SQL("comment on column {}.{} is {}").format(
                        name, sql.Identifier(kept_as), sql.Literal(aggregate)
                    )
                )
            connection.execute(sql.SQL("create index on {} (starts)").format(name))


def _definition(group: RollupGroup, rollup: Rollup) -> sql.Composed:
    dimensions = [
        sql.SQL("{} text").format(sql.Identifier(group.fact.dimension(key).column))
        for key in rollup.dimensions
    ]
    sums = [
        sql.SQL("{} " + ("bigint" if aggregate.startswith("count(") else "numeric")).format(
            sql.Identifier(kept_as)
        )
        for aggregate, kept_as in group.columns.items()
    ]
    return sql.SQL("create table {} (starts timestamptz not null, {})").format(
        sql.Identifier(SCHEMA, rollup.table), sql.SQL(", ").join([*dimensions, *sums])
    )


def build_sums(
    connection: psycopg.Connection, groups: Sequence[RollupGroup], day: Day, time_zone: str
) -> None:
    """Replace the sums of `groups`, all of one fact, for one day.

    The fact's rows are read once for all, or those that are kept of them for all: these are kept for
    the day already. `day.settled_at` is recomputed, and stored with the sums.
    """
    scope = Scope(day.starts, day.ends, END_OF_TIME, time_zone)
    columns = sorted(set().union(*(group.fact_columns for group in groups)))
    rows: Select = select(*map(column, columns)).select_from(_rows(groups[0], scope))
    counts = RowCounts(connection, day.starts, day.ends, time_zone)
    run_composed(connection, sql.SQL("create temp table day_of_fact on commit drop as {}"), rows)
    for group in groups:
        for rollup in group.rollups:
            _replace(connection, group, rollup, scope)
        _keep_day(connection, group, day, counts.of(group.key).total())
    connection.execute("drop table day_of_fact")


def _rows(group: RollupGroup, scope: Scope) -> TextClause:
    if not group.kept:
        return rows_of(group.fact, scope)
    nothing_dirty = {"dirty": [], "dirty_since": END_OF_TIME}
    return file_rows(group.kept.path, {**window_of(scope), **nothing_dirty}, 0)


def _replace(
    connection: psycopg.Connection, group: RollupGroup, rollup: Rollup, scope: Scope
) -> None:
    target = sql.Identifier(SCHEMA, rollup.table)
    connection.execute(
        sql.SQL("delete from {} where starts >= %s and starts < %s").format(target),
        (scope.since, scope.until),
    )
    aggregates = {kept_as: aggregate for aggregate, kept_as in group.columns.items()}
    sums = grouped(
        group.fact, aggregates, table("day_of_fact"), scope, rollup.dimensions, rollup.grain
    )
    columns = [group.fact.dimension(key).column for key in rollup.dimensions]
    taken = [
        "bucket",
        *(f"by_{key}" for key in rollup.dimensions),
        *(f"a{i}" for i in range(len(aggregates))),
    ]
    insert = sql.SQL("insert into {} ({}) select {} from ({{}}) as day").format(
        target, _list(["starts", *columns, *aggregates]), _list(taken)
    )
    run_composed(connection, insert, sums)


def _keep_day(connection: psycopg.Connection, group: RollupGroup, day: Day, rows_seen: int) -> None:
    window = {"since": day.starts, "until": day.ends}
    if group.fact.key == "spans":
        settled = run_file(connection, "rollups/settled_spans.sql", **window)
    else:
        settled = run_file(
            connection,
            "rollups/settled_conversations.sql",
            **window,
            dated_by=group.fact.fixed["dated_by"],
            with_rating=group.counts_ratings,
            matures_after=group.matures_after,
        )
    connection.execute(
        "delete from control_room.rollup_quarters"
        " where rollup_group = %s and starts >= %s and starts < %s",
        (group.key, day.starts, day.ends),
    )
    quarters = dict(settled)
    start = day.starts
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "copy control_room.rollup_quarters (rollup_group, starts, settled_at) from stdin"
        ) as copy,
    ):
        while start < day.ends:
            # In a quarter without rows nothing can change but by a new row.
            copy.write_row((group.key, start, quarters.get(start, start)))
            start += timedelta(minutes=15)
    connection.execute(
        "insert into control_room.rollup_days (rollup_group, starts, ends, settled_at, rows_seen)"
        " values (%s, %s, %s, %s, %s)"
        " on conflict (rollup_group, starts) do update set ends = excluded.ends,"
        " settled_at = excluded.settled_at, rows_seen = excluded.rows_seen, is_stale = false,"
        " built_at = now()",
        (
            group.key,
            day.starts,
            day.ends,
            max(quarters.values(), default=day.starts),
            rows_seen,
        ),
    )


def _list(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
