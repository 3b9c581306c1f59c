"""What an account has too much of to be drawn one by one, counted by bucket of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dashboard.metrics.buckets import next_start
from dashboard.query.measure import measure
from dashboard.reports.shared.trend import bucket_for
from dashboard.scope import Scope

_COUNTED = (
    # kind, metric, dimension
    ("conversation", "episodes", "outcome"),
    ("handoff", "escalations", None),
    ("rating", "ratings", "rating"),
)


@dataclass(frozen=True)
class Heap:
    """`count` things of one `kind` (conversation, handoff, rating) from `since` until `until`.

    `value`: their outcome, or their rating as text; None for handoffs.
    """

    kind: str
    value: str | None
    since: datetime
    until: datetime
    count: int


def heaps(scope: Scope) -> tuple[Heap, ...]:
    """Conversations by outcome, handoffs, and ratings by themselves. The errors of `measure` pass through."""
    return tuple(heap for counted in _COUNTED for heap in _heaps(scope, *counted))


def _heaps(scope: Scope, kind: str, metric: str, by: str | None) -> Iterator[Heap]:
    bucket = bucket_for(scope.length)
    rows = measure([metric], scope, by=[by] if by else [], bucket=bucket, dating="event")
    for row in rows.to_dict("records"):
        if row["value"]:
            start = row["bucket"].to_pydatetime()
            end = min(next_start(start, bucket, scope.time_zone), scope.until)
            value = row[by] if by else None
            yield Heap(kind, value, max(start, scope.since), end, int(row["value"]))
