"""`measure`: any metrics, over any window, bucket and dimensions, as of any instant."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.metrics.buckets import bucket_starts
from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.registry import Metric, find_metric
from dashboard.metrics.statement import measurement, snapshot_instants
from dashboard.scope import Scope
from dashboard.warehouse.read import fetch, frame_of

_FIGURE = ["value", "n", "numerator", "denominator", "low", "high", "least", "most"]

Groups = dict[tuple, dict[str, Any]]
"""(frame, bucket, dimension values …) → aggregate name → what SQL returned."""


def measure(
    metrics: Sequence[str],
    scope: Scope | Sequence[Scope],
    by: Sequence[str] = (),
    bucket: str | None = None,
    dating: str = "episode",
) -> pd.DataFrame:
    """Measure `metrics` (keys) in `scope`, with one SQL statement for each fact they need.

    Returns one row per metric and group: `metric`, `frame` (the position of the scope, when
    several are given), `bucket` (start, UTC), the dimensions of `by` (None is unknown), then
    `value`, `n`, `numerator`, `denominator`, `low`, `high` (95 %), `least`, `most` (what a
    provisional figure can still become). A group without rows is absent, but every bucket that had
    begun by `as_of` is there. `dating="event"` dates ratings by themselves, not by their episode.
    Raises `UnknownMetric`, `UnknownDimension`, `ScopeInvalid` and the errors of `fetch`.
    """
    scopes = [scope] if isinstance(scope, Scope) else list(scope)
    chosen = [find_metric(key) for key in metrics]
    wanted: dict[str, dict[str, str]] = {}
    for metric in chosen:
        for fact, aggregates in metric.kind_for(dating).aggregates().items():
            wanted.setdefault(fact, {}).update(aggregates)
    groups = _empty_groups(scopes, bucket) if not by else {}
    answers = {
        fact: _ask(FACTS[fact], aggregates, scopes, by, bucket)
        for fact, aggregates in wanted.items()
    }
    rows = [
        row for metric in chosen for row in _rows(metric, dating, answers, groups, bool(bucket), by)
    ]
    frame = frame_of(rows, ["metric", "frame", *(["bucket"] if bucket else []), *by, *_FIGURE])
    return frame.drop(columns="frame") if isinstance(scope, Scope) else frame


def _ask(
    fact: Fact,
    aggregates: dict[str, str],
    scopes: list[Scope],
    by: Sequence[str],
    bucket: str | None,
) -> Groups:
    groups: Groups = {}
    for row in fetch(measurement(fact, aggregates, scopes, by, bucket)):
        position, start = row["frame"], row.get("bucket")
        if bucket and fact.is_snapshot:
            start = snapshot_instants(scopes[position], bucket)[start]
        key = (position, start, *(row[f"by_{name}"] for name in by))
        groups[key] = {name: row[f"a{i}"] for i, name in enumerate(aggregates)}
    return groups


def _empty_groups(scopes: list[Scope], bucket: str | None) -> Groups:
    if not bucket:
        return {(position, None): {} for position in range(len(scopes))}
    return {
        (position, start): {}
        for position, scope in enumerate(scopes)
        for start in bucket_starts(
            scope.since, min(scope.until, scope.as_of), bucket, scope.time_zone
        )
    }


def _rows(
    metric: Metric,
    dating: str,
    answers: dict[str, Groups],
    groups: Groups,
    has_bucket: bool,
    by: Sequence[str],
) -> list[dict[str, Any]]:
    kind = metric.kind_for(dating)
    facts = list(kind.aggregates())
    keys = dict.fromkeys(
        key for part in (groups, *(answers[fact] for fact in facts)) for key in part
    )
    rows = []
    for key in keys:
        sums = {name: value for fact in facts for name, value in answers[fact].get(key, {}).items()}
        position, start, *values = key
        row: dict[str, Any] = {"metric": metric.key, "frame": position}
        if has_bucket:
            row["bucket"] = start
        row.update(zip(by, values, strict=True))
        row.update(vars(kind.figure(sums)))
        rows.append(row)
    return rows
