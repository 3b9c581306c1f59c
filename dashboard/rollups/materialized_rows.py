"""Reading kept rows: those that are there, the facts of accounts loaded since, and of days not kept."""

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
from dashboard.rollups.materialized import Kept, facts_of, rows_anew
from dashboard.rollups.table import gaps
from dashboard.rollups.usable_days import KeptDays, Touched, kept_days
from dashboard.scope import Scope

_MOST_PARTS = 20


def kept_rows(kept: Kept, scope: Scope, columns: Sequence[str] = (), frame: int = 0) -> FromClause:
    """As `rows_anew`, from what is kept where it may be read. The errors of `fetch` pass through."""
    days = kept_days()
    chosen = [column(name) for name in columns or kept.reads]
    stretches = days.within(scope) if days else []
    if not stretches:
        return rows_anew(kept, scope, columns, frame * _MOST_PARTS)
    parts = [
        part
        for place, stretch in enumerate(stretches)
        for part in _kept(
            kept, replace(scope, since=stretch[0], until=stretch[1]), days, chosen,
            frame * _MOST_PARTS + 2 * place,
        )
    ]  # fmt: skip
    numbers = iter(range(frame * _MOST_PARTS + len(parts), (frame + 1) * _MOST_PARTS))
    parts += [
        facts_of(kept, replace(scope, since=since, until=until), chosen, next(numbers))
        for since, until in gaps(stretches, scope)
    ]
    return (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("fact")


def is_all_kept(kept: Kept, scope: Scope) -> bool:
    """Whether `kept_rows` reads nothing but what is kept. The errors of `fetch` pass through."""
    days = kept_days()
    if days is None or gaps(days.within(scope), scope):
        return False
    touched = days.touched(kept)
    return not (touched.accounts and touched.since < scope.until)


def _kept(
    kept: Kept, scope: Scope, days: KeptDays, chosen: list[ColumnElement], number: int
) -> Iterator[Select]:
    touched = days.touched(kept)
    left_out = {"touched": touched.accounts, "touched_since": touched.since}
    rows = file_rows(kept.path, {**window_of(scope), **left_out}, number)
    yield select(*chosen).select_from(rows)
    if touched.accounts and touched.since < scope.until:
        yield _touched(kept, scope, touched, chosen, number + 1)


def touched_rows(kept: Kept, scope: Scope, days: KeptDays, columns: Sequence[str]) -> FromClause:
    """Those alone that come from facts because their accounts were loaded since."""
    chosen = [column(name) for name in columns]
    return _touched(kept, scope, days.touched(kept), chosen, 0).subquery("fact")


def _touched(
    kept: Kept, scope: Scope, touched: Touched, chosen: list[ColumnElement], number: int
) -> Select:
    accounts = bindparam(f"accounts_{number}", touched.accounts, type_=ARRAY(Text))
    within = replace(scope, since=max(scope.since, touched.since))
    return facts_of(kept, within, chosen, number).where(column("account_id") == any_(accounts))
