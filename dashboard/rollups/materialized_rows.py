"""Reading materialized rows: those there are, and the facts of dirty accounts and of other days."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    any_,
    bindparam,
    column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from dashboard.metrics.sql import file_rows, window_of
from dashboard.rollups.materialized import MaterializedFact, compute_rows, rows_from_facts
from dashboard.rollups.table import uncovered
from dashboard.rollups.usable_days import Dirty, MaterializedDays, materialized_days
from dashboard.scope import Scope

_MOST_PARTS = 20


def materialized_rows(
    kept: MaterializedFact, scope: Scope, columns: Sequence[str] = (), frame: int = 0
) -> FromClause:
    """As `compute_rows`, from what is kept where that has `columns` and may be read.

    The errors of `fetch` pass through.
    """
    days = materialized_days() if kept.holds(columns) else None
    chosen: list[ColumnElement] = [column(name) for name in columns or kept.reads]
    ranges = days.within(scope) if days else []
    if not days or not ranges:
        return compute_rows(kept, scope, columns, frame * _MOST_PARTS)
    parts = [
        part
        for place, time_range in enumerate(ranges)
        for part in _kept(
            kept,
            replace(scope, since=time_range[0], until=time_range[1]),
            days,
            chosen,
            frame * _MOST_PARTS + 2 * place,
        )
    ]
    numbers = iter(range(frame * _MOST_PARTS + len(parts), (frame + 1) * _MOST_PARTS))
    parts += [
        rows_from_facts(kept, replace(scope, since=since, until=until), chosen, next(numbers))
        for since, until in uncovered(ranges, scope)
    ]
    return (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("fact")


def is_all_materialized(kept: MaterializedFact, scope: Scope) -> bool:
    """Whether `materialized_rows` reads nothing but what is kept. The errors of `fetch` pass through."""
    days = materialized_days()
    if days is None or uncovered(days.within(scope), scope):
        return False
    dirty = days.dirty(kept)
    return not (dirty.accounts and dirty.since < scope.until)


def _kept(
    kept: MaterializedFact,
    scope: Scope,
    days: MaterializedDays,
    chosen: list[ColumnElement],
    number: int,
) -> Iterator[Select]:
    dirty = days.dirty(kept)
    left_out = {"dirty": dirty.accounts, "dirty_since": dirty.since}
    rows = file_rows(kept.path, {**window_of(scope), **left_out}, number)
    yield select(*chosen).select_from(rows)
    if dirty.accounts and dirty.since < scope.until:
        yield _dirty(kept, scope, dirty, chosen, number + 1)


def dirty_rows(
    kept: MaterializedFact, scope: Scope, days: MaterializedDays, columns: Sequence[str]
) -> FromClause:
    """Those alone that come from facts because their accounts were loaded since."""
    chosen: list[ColumnElement] = [column(name) for name in columns]
    return _dirty(kept, scope, days.dirty(kept), chosen, 0).subquery("fact")


def _dirty(
    kept: MaterializedFact, scope: Scope, dirty: Dirty, chosen: list[ColumnElement], number: int
) -> Select:
    accounts = bindparam(f"accounts_{number}", dirty.accounts, type_=ARRAY(Text))
    within = replace(scope, since=max(scope.since, dirty.since))
    return rows_from_facts(kept, within, chosen, number).where(
        column("account_id") == any_(accounts)
    )
