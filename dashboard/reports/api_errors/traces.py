"""One trace: its spans in the order and nesting of a waterfall, whatever its source left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, column, select

from dashboard.metrics.sql import rows_of
from dashboard.postgres.read import fetch, query
from dashboard.reports.api_errors.error_groups import FAILED, SPANS
from dashboard.scope import Scope

MOST_SPANS = 1_000
"""How many spans of a trace are read: the failed ones first, then in order of time."""
MOST_DRAWN = 150
LONGEST_PAYLOAD = 20_000

LOST_PARENT = "parent not in this trace"
CIRCLE = "circular parents"

Row = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One span in its place: `depth` in the tree, `note` on what is wrong with its parents, or ''.

    `row`: the columns of `queries/lists/trace_spans.sql`.
    """

    row: Row
    depth: int
    note: str = ""

    @property
    def span_id(self) -> str:
        return self.row["span_id"]

    @property
    def is_failed(self) -> bool:
        return self.row["error_type"] is not None

    @property
    def ends_at(self) -> datetime:
        return self.row["started_at"] + timedelta(milliseconds=self.row["duration_ms"] or 0)


@dataclass(frozen=True)
class Trace:
    """`bars` in the order of the waterfall, at most `MOST_DRAWN`; `spans` counts all known by `as_of`.

    `groups`: span id of a failure → fingerprint of its error group.
    """

    account_id: str
    account_name: str
    trace_id: str
    bars: tuple[Bar, ...]
    spans: int
    failed: int
    groups: dict[str, str] = field(default_factory=dict)

    @property
    def started_at(self) -> datetime:
        return min(bar.row["started_at"] for bar in self.bars)

    @property
    def duration(self) -> timedelta:
        return max(bar.ends_at for bar in self.bars) - self.started_at

    @property
    def conversation_ids(self) -> list[str]:
        found = (bar.row["conversation_id"] for bar in self.bars)
        return list(dict.fromkeys(key for key in found if key is not None))

    def bar(self, span_id: str | None) -> Bar:
        """The bar of that span; else of the deepest failure, else the first."""
        for bar in self.bars:
            if bar.span_id == span_id:
                return bar
        failed = [bar for bar in self.bars if bar.is_failed]
        return max(failed, key=lambda bar: bar.depth) if failed else self.bars[0]


def trace(account_id: str, trace_id: str, scope: Scope) -> Trace | None:
    """The trace as it was known at `scope.as_of`; None where nothing was. Raises the errors of `fetch`."""
    asked = {"account": account_id, "trace": trace_id, "as_of": scope.as_of, "most": MOST_SPANS}
    rows = [dict(row) for row in fetch(query("lists/trace_spans.sql"), asked)]
    if not rows:
        return None
    names = fetch(query("lists/account_names.sql"), {"accounts": [account_id]})
    return Trace(
        account_id,
        next((row["name"] for row in names), account_id),
        trace_id,
        tuple(drawn(arranged(rows))),
        rows[0]["spans"],
        sum(row["error_type"] is not None for row in rows),
        _groups(account_id, trace_id, rows, scope),
    )


def payload(account_id: str, span_id: str, scope: Scope) -> Row | None:
    """What one span asked and got, as text; None where it was not known yet."""
    asked = {
        "account": account_id,
        "span": span_id,
        "as_of": scope.as_of,
        "longest": LONGEST_PAYLOAD,
    }
    rows = fetch(query("lists/span_payload.sql"), asked)
    return dict(rows[0]) if rows else None


def arranged(rows: Sequence[Row]) -> list[Bar]:
    """The spans as a tree, parents before children, both in order of time.

    A span whose parent is not among `rows` stands at the top, and so does the first of a circle.
    """
    ordered = sorted(rows, key=lambda row: (row["started_at"], row["span_id"]))
    known = {row["span_id"] for row in ordered}
    children: dict[str, list[Row]] = {}
    tops: list[tuple[Row, str]] = []
    for row in ordered:
        parent = row["parent_span_id"]
        if parent in known:
            children.setdefault(parent, []).append(row)
        else:
            tops.append((row, "" if parent is None else LOST_PARENT))
    bars: list[Bar] = []
    seen: set[str] = set()
    for row, note in tops:
        bars += _below(row, note, children, seen)
    # What no top leads to hangs together in circles.
    for row in ordered:
        if row["span_id"] not in seen:
            bars += _below(row, CIRCLE, children, seen)
    return bars


def _below(top: Row, note: str, children: dict[str, list[Row]], seen: set[str]) -> list[Bar]:
    # Not by recursion: a chain of a thousand spans would exhaust the stack.
    bars, waiting = [], [Bar(top, 0, note)]
    while waiting:
        bar = waiting.pop()
        if bar.span_id in seen:
            continue
        seen.add(bar.span_id)
        bars.append(bar)
        below = children.get(bar.span_id, ())
        waiting += [Bar(child, bar.depth + 1) for child in reversed(below)]
    return bars


def drawn(bars: Sequence[Bar]) -> list[Bar]:
    """At most `MOST_DRAWN` of them in their order: failures and what they hang from, then the first."""
    if len(bars) <= MOST_DRAWN:
        return list(bars)
    parents = {bar.span_id: bar.row["parent_span_id"] for bar in bars}
    kept: dict[str, None] = {}
    for bar in bars:
        if bar.is_failed:
            _keep_with_parents(bar.span_id, parents, kept)
    for bar in bars:
        _keep_with_parents(bar.span_id, parents, kept)
    return [bar for bar in bars if bar.span_id in kept]


def _keep_with_parents(span_id: str, parents: dict[str, str | None], kept: dict[str, None]) -> None:
    path: dict[str, None] = {}
    above: str | None = span_id
    while above in parents and above not in kept and above not in path:
        path[above] = None
        above = parents[above]
    if len(kept) + len(path) <= MOST_DRAWN:
        kept.update(path)


def _groups(account_id: str, trace_id: str, rows: list[Row], scope: Scope) -> dict[str, str]:
    failed = [row["started_at"] for row in rows if row["error_type"] is not None]
    if not failed:
        return {}
    around = Scope(
        min(failed), max(failed) + timedelta(microseconds=1), scope.as_of, scope.time_zone
    )
    statement: Select = (
        select(column("span_id"), column("fingerprint"))
        .select_from(rows_of(SPANS, around))
        .where(FAILED, column("account_id") == account_id, column("trace_id") == trace_id)
    )
    return {row["span_id"]: row["fingerprint"] for row in fetch(statement)}
