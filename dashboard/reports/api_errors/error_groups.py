"""Failures grouped as an error tracker does: by system, name, error type and masked message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnClause, RowMapping, Select, cast, column, func, select

from dashboard.metrics.buckets import bucket_of, bucket_starts
from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions
from dashboard.postgres.read import fetch, query
from dashboard.reports.api_errors.groups_seen import LONG_AGO, Ever, ever
from dashboard.reports.shared.trend import bucket_for
from dashboard.rollups.materialized import FAILURES, Rows, compute_rows
from dashboard.rollups.materialized_rows import is_all_materialized, materialized_rows
from dashboard.scope import Scope

SPANS = FACTS["spans"]
FAILED: ColumnClause[bool] = column("is_failed")
_IDENTITY = ("system", "name", "error_type", "message_shape")

Change = dict[str, Any]
"""What the team changed: `changed_at`, `component`, `title`, `url`."""


@dataclass(frozen=True)
class ErrorGroup:
    """One group in a window. `message` is masked, None where the failures had none.

    `conversations` counts those that hold such a failure (background work has none); `counts` the
    spans by bucket, all buckets of the window. `first_seen` and `last_seen`: in the whole history
    by the instant of asking, whatever the window and the filters.
    """

    fingerprint: str
    system: str
    name: str
    error_type: str
    message: str | None
    is_background: bool
    spans: int
    recovered: int
    conversations: int
    accounts: int
    counts: tuple[int, ...]
    first_seen: datetime
    last_seen: datetime

    def is_new_since(self, change: Change | None) -> bool:
        return change is not None and self.first_seen > change["changed_at"]


@dataclass(frozen=True)
class ErrorGroups:
    """All groups with a failure in the window, the most frequent first, and the buckets of `counts`."""

    groups: tuple[ErrorGroup, ...]
    bucket: str
    starts: tuple[datetime, ...]


def newest_change(scope: Scope) -> Change | None:
    """The last thing that the team had changed by the instant of asking, in any component."""
    window = {"since": LONG_AGO, "until": ever(scope).until, "as_of": scope.as_of, "most": 1}
    rows = fetch(query("lists/changes_between.sql"), window)
    return dict(rows[0]) if rows else None


def error_groups(scope: Scope, seen: Ever) -> ErrorGroups:
    """The groups of the window; `seen` from `seen_ever`. Raises the errors of `fetch`."""
    bucket = bucket_for(scope.length)
    end = min(scope.until, scope.as_of + timedelta(microseconds=1))
    starts = bucket_starts(scope.since, end, bucket, scope.time_zone)
    places = {start: place for place, start in enumerate(starts)}
    groups = []
    for row in _read(scope):
        counts = [0] * len(starts)
        for start, spans in zip(row["buckets"], row["bucket_spans"], strict=True):
            counts[places[start]] = spans
        # A failure since `seen` was read may be the group's first, or its last.
        first, last = seen.get(row["fingerprint"], (row["first_seen"], row["last_seen"]))
        groups.append(
            ErrorGroup(
                row["fingerprint"],
                row["system"],
                row["name"],
                row["error_type"],
                row["message_shape"],
                row["is_background"],
                row["spans"],
                row["recovered"],
                row["conversations"],
                row["accounts"],
                tuple(counts),
                min(first, row["first_seen"]),
                max(last, row["last_seen"]),
            )
        )
    return ErrorGroups(tuple(groups), bucket, tuple(starts))


def _read(scope: Scope) -> Sequence[RowMapping | dict[str, Any]]:
    if not is_all_materialized(FAILURES, scope):
        return fetch(groups_statement(scope, materialized_rows))
    # All is counted from an index; only one failure of each group is read whole, for its words.
    rows = fetch(groups_statement(scope, materialized_rows, with_words=False))
    examples = {name: [row[name] for row in rows] for name in ("fingerprint", "first_seen")}
    words = {row["fingerprint"]: row for row in fetch(query("rollups/group_words.sql"), examples)}
    if words.keys() != {row["fingerprint"] for row in rows}:
        # The materialized rows were rebuilt between the two reads.
        return fetch(groups_statement(scope, materialized_rows))
    return [{**row, **words[row["fingerprint"]]} for row in rows]


def groups_statement(scope: Scope, rows: Rows = compute_rows, with_words: bool = True) -> Select:
    """What `error_groups` asks: the failures, their groups and each group's buckets."""
    bucket = bucket_of(column("started_at"), bucket_for(scope.length), scope.time_zone)
    read = ("account_id", "conversation_id", "origin", "is_recovered", "started_at", "fingerprint")
    words = _IDENTITY if with_words else ()
    failed = (
        select(*map(column, (*read, *words)), bucket.label("bucket"))
        .select_from(rows(FAILURES, scope))
        .where(*conditions(SPANS, scope.filters))
        .cte("failed")
        # Else messages would be masked again for every use; without them an index is read twice.
        .prefix_with("materialized" if with_words else "not materialized")
    )
    described, buckets = _described(failed, words), _buckets(failed)
    return (
        select(described, buckets.c.buckets, buckets.c.bucket_spans)
        .select_from(described.join(buckets, described.c.fingerprint == buckets.c.fingerprint))
        .order_by(described.c.spans.desc(), described.c.fingerprint)
    )


def _described(failed: CTE, words: Sequence[str]) -> CTE:
    """The facts of each group: first by conversation, which makes them countable."""
    rows = failed.c
    # Background work has no conversation.
    keys = (rows.fingerprint, rows.account_id, rows.conversation_id)
    reached = (
        select(
            *keys,
            *(func.min(rows[name]).label(name) for name in words),
            func.bool_and(rows.origin == "background").label("is_background"),
            func.count().label("spans"),
            func.count().filter(rows.is_recovered).label("recovered"),
            func.min(rows.started_at).label("first_seen"),
            func.max(rows.started_at).label("last_seen"),
        )
        .group_by(*keys)
        .cte("reached")
    )
    each = reached.c
    return (
        select(
            each.fingerprint,
            *(func.min(each[name]).label(name) for name in words),
            func.bool_and(each.is_background).label("is_background"),
            *(
                cast(func.sum(each[name]), BigInteger).label(name)
                for name in ("spans", "recovered")
            ),
            func.count(each.conversation_id).label("conversations"),
            func.count(each.account_id.distinct()).label("accounts"),
            func.min(each.first_seen).label("first_seen"),
            func.max(each.last_seen).label("last_seen"),
        )
        .group_by(each.fingerprint)
        .cte("described")
    )


def _buckets(failed: CTE) -> CTE:
    counted = (
        select(failed.c.fingerprint, failed.c.bucket, func.count().label("spans"))
        .group_by(failed.c.fingerprint, failed.c.bucket)
        .cte("counted")
    )
    return (
        select(
            counted.c.fingerprint,
            func.array_agg(counted.c.bucket).label("buckets"),
            func.array_agg(counted.c.spans).label("bucket_spans"),
        )
        .group_by(counted.c.fingerprint)
        .cte("buckets")
    )
