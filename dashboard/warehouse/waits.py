"""How long handoffs waited, of long windows: counted by the second where days are summed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Float,
    Select,
    cast,
    column,
    func,
    literal_column,
    not_,
    select,
    union_all,
)

from dashboard.metrics.rollups import WAITS
from dashboard.metrics.statement import file_rows, grouped
from dashboard.metrics.survival import WaitTimes, wait_times
from dashboard.scope import Scope
from dashboard.warehouse.read import fetch
from dashboard.warehouse.rolled import Plan, plan

_ANSWERED, _WAITED = "answered_second", "waited_second"
_GATHERED = {"waits": "array_agg(cast(waited_s as double precision))"}


@dataclass(frozen=True)
class Waited:
    """The waits of one group: of those `answered`, and `censored`, of whom `open` still wait."""

    answered: WaitTimes
    censored: WaitTimes
    open: int

    @property
    def total(self) -> int:
        return self.answered.total + self.censored.total


def plan_of_waits(scopes: Sequence[Scope], by: Sequence[str], bucket: str | None) -> Plan | None:
    """The plan for the waits of `scopes`; None where sums do not answer it."""
    return plan(WAITS, scopes, (*by, _ANSWERED, _WAITED), bucket)


def read_waits(
    planned: Plan, scopes: Sequence[Scope], by: Sequence[str], bucket: str | None
) -> dict[tuple, Waited]:
    """(frame, bucket, values of `by` …) → its waits. The errors of `fetch` pass through."""
    waiting = {_key(row, by): row["a0"] for row in fetch(_waiting(scopes, by, bucket))}
    counted = {_key(row, by): row for row in fetch(_counted(planned, scopes, by, bucket))}
    found = {}
    for key in counted.keys() | waiting.keys():
        row, still = counted.get(key, {}), waiting.get(key) or []
        ended = row.get("ended") or []
        found[key] = Waited(
            wait_times(row.get("answered"), row.get("answered_counts")),
            wait_times([*ended, *still], [*(row.get("ended_counts") or []), *[1] * len(still)]),
            len(still),
        )
    return found


def _key(row: Any, by: Sequence[str]) -> tuple:
    return (row["frame"], row.get("bucket"), *(row[f"by_{name}"] for name in by))


def _counted(
    planned: Plan, scopes: Sequence[Scope], by: Sequence[str], bucket: str | None
) -> Select:
    """All but those that still wait, whose wait is no number yet."""
    (counting,) = WAITS.columns
    dimensions = (*by, _ANSWERED, _WAITED)
    rows = planned.statement(WAITS.fact, {"n": counting}, scopes, dimensions, bucket)
    rows = rows.subquery("counted")
    keys = [rows.c.frame, *([rows.c.bucket] if bucket else []), *(rows.c[f"by_{k}"] for k in by)]
    gathered = []
    for name, key in (("answered", _ANSWERED), ("ended", _WAITED)):
        second = rows.c[f"by_{key}"]
        gathered += [
            func.array_agg(cast(second, Float)).filter(second.is_not(None)).label(name),
            func.array_agg(rows.c.a0).filter(second.is_not(None)).label(f"{name}_counts"),
        ]
    return select(*keys, *gathered).where(rows.c.a0 > 0).group_by(*keys)


def _waiting(
    scopes: Sequence[Scope], by: Sequence[str], bucket: str | None
) -> Select | CompoundSelect:
    """Those that still wait at the instant of asking, of handoffs within each window."""
    # Not the plain column: by its index all handoffs of the window would be read for the few that wait.
    handed_off = literal_column(f"({WAITS.fact.date} + interval '0 seconds')")
    parts = [
        grouped(
            WAITS.fact,
            _GATHERED,
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
    return parts[0] if len(parts) == 1 else union_all(*parts)
