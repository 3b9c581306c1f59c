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
class EventBucket:
    """`count` things of one `kind` (conversation, handoff, rating) from `since` until `until`.

    `value`: their outcome, or their rating as text; empty for handoffs.
    """

    kind: str
    value: str
    since: datetime
    until: datetime
    count: int


def bucketed_events(scope: Scope) -> tuple[EventBucket, ...]:
    """Conversations by outcome, handoffs, and ratings by themselves. The errors of `measure` pass through."""
    return tuple(bucket for counted in _COUNTED for bucket in _bucketed_events(scope, *counted))


def _bucketed_events(scope: Scope, kind: str, metric: str, by: str | None) -> Iterator[EventBucket]:
    bucket = bucket_for(scope.length)
    rows = measure([metric], scope, by=[by] if by else [], bucket=bucket, dating="event")
    for row in rows.to_dict("records"):
        if row["value"]:
            start = row["bucket"].to_pydatetime()
            end = min(next_start(start, bucket, scope.time_zone), scope.until)
            value = row[by] if by else ""
            yield EventBucket(kind, value, max(start, scope.since), end, int(row["value"]))
