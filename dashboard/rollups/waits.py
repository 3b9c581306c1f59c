"""How long handoffs waited, of long windows: counted by the second where days are summed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Float,
    Select,
    Subquery,
    cast,
    column,
    func,
    literal_column,
    not_,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from dashboard.metrics.sql import file_rows, grouped
from dashboard.postgres.read import fetch
from dashboard.rollups.definitions import WAITS
from dashboard.rollups.planner import Plan, plan
from dashboard.rollups.reasons import Reason
from dashboard.scope import Scope
from dashboard.stats.survival import WaitTimes, wait_times

_ANSWERED, _WAITED = "answered_second", "waited_second"
_GATHERED = {
    "answered": Float,
    "answered_counts": BigInteger,
    "ended": Float,
    "ended_counts": BigInteger,
    "still": Float,
}
"""What each row of the answer may hold: seconds, how many waited so long, and the waits of who waits."""


@dataclass(frozen=True)
class Waited:
    """The waits of one group: of those `answered`, and `censored`, of whom `open` still wait."""

    answered: WaitTimes
    censored: WaitTimes
    open: int

    @property
    def total(self) -> int:
        return self.answered.total + self.censored.total


def plan_of_waits(
    scopes: Sequence[Scope], by: Sequence[str], bucket: str | None, is_little: bool = False
) -> Plan | Reason:
    """The plan for the waits of `scopes`; why sums do not answer it."""
    return plan(WAITS, scopes, (*by, _ANSWERED, _WAITED), bucket, is_little)


def read_waits(planned: Plan, by: Sequence[str], bucket: str | None) -> dict[tuple, Waited]:
    """(frame, bucket, values of `by` …) → its waits. The errors of `fetch` pass through."""
    # One statement: between two of them somebody who waits may be answered, and count in neither or both.
    asked = union_all(_counted(planned, by, bucket), _waiting(planned.scopes, by, bucket))
    rows: dict[tuple, dict[str, list]] = {}
    for row in fetch(asked):
        start = row["bucket"] if bucket else None
        held = rows.setdefault((row["frame"], start, *(row[f"by_{name}"] for name in by)), {})
        held |= {name: row[name] for name in _GATHERED if row[name] is not None}
    return {key: _waited(**row) for key, row in rows.items()}


def _waited(
    answered: Sequence[float] = (),
    answered_counts: Sequence[int] = (),
    ended: Sequence[float] = (),
    ended_counts: Sequence[int] = (),
    still: Sequence[float] = (),
) -> Waited:
    return Waited(
        wait_times(answered, answered_counts),
        wait_times([*ended, *still], [*ended_counts, *[1] * len(still)]),
        len(still),
    )


def _counted(planned: Plan, by: Sequence[str], bucket: str | None) -> Select:
    """All but those that still wait, whose wait is no number yet."""
    (counting,) = WAITS.columns
    dimensions = (*by, _ANSWERED, _WAITED)
    statement = planned.statement(WAITS.fact, {"n": counting}, dimensions, bucket)
    rows = statement.subquery("counted")
    keys = _keys(rows, by, bucket)
    gathered = {}
    for name, key in (("answered", _ANSWERED), ("ended", _WAITED)):
        second = rows.c[f"by_{key}"]
        gathered[name] = func.array_agg(cast(second, Float)).filter(second.is_not(None))
        gathered[f"{name}_counts"] = func.array_agg(rows.c.a0).filter(second.is_not(None))
    return select(*keys, *_columns(gathered)).where(rows.c.a0 > 0).group_by(*keys)


def _waiting(scopes: Sequence[Scope], by: Sequence[str], bucket: str | None) -> Select:
    """Those that still wait at the instant of asking, of handoffs within each window."""
    # Not the plain column: by its index all handoffs of the window would be read for the few that wait.
    handed_off: ColumnClause = literal_column(f"({WAITS.fact.date} + interval '0 seconds')")
    parts = [
        grouped(
            WAITS.fact,
            {"waits": "array_agg(cast(waited_s as double precision))"},
            file_rows("facts/waiting_handoffs.sql", {"instants": [scope.as_of]}, frame),
            scope,
            by,
            bucket,
            frame,
        ).where(
            handed_off >= scope.since,
            handed_off < scope.until,
            not_(column("times_placed")),
        )
        for frame, scope in enumerate(scopes)
    ]
    rows = (parts[0] if len(parts) == 1 else union_all(*parts)).subquery("waiting")
    return select(*_keys(rows, by, bucket), *_columns({"still": rows.c.a0}))


def _keys(rows: Subquery, by: Sequence[str], bucket: str | None) -> list[ColumnElement]:
    return [
        rows.c.frame,
        *([rows.c.bucket] if bucket else []),
        *(rows.c[f"by_{name}"] for name in by),
    ]


def _columns(gathered: Mapping[str, ColumnElement]) -> list[ColumnElement]:
    return [
        cast(gathered.get(name, null()), ARRAY(kind)).label(name)
        for name, kind in _GATHERED.items()
    ]
