"""`measure`: any metrics, over any window, bucket and dimensions, as of any instant."""

from collections.abc import Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from dashboard.metrics.buckets import bucket_starts
from dashboard.metrics.facts import FACTS, Fact
from dashboard.metrics.figure import Figure
from dashboard.metrics.kinds import Count
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import find_metric
from dashboard.metrics.sql import measurement, snapshot_measurement
from dashboard.query.question import Groups, Question
from dashboard.query.read_from import ReadFrom, Reading
from dashboard.query.router import Answer, answer
from dashboard.scope import Scope

_FIGURE = [field.name for field in fields(Figure)]
_parts_of = attrgetter(*_FIGURE)


def measure(
    metrics: Sequence[str],
    scope: Scope | Sequence[Scope],
    by: Sequence[str] = (),
    bucket: str | None = None,
    dating: str = "episode",
    reading: Reading = Reading.CHEAPEST,
) -> pd.DataFrame:
    """Measure `metrics` (keys) in `scope`, with one SQL statement for each fact they need.

    Returns one row per metric and group: `metric`, `frame` (the position of the scope, when
    several are given), `bucket` (start, UTC), the dimensions of `by` (None is unknown), then
    `value`, `n`, `numerator`, `denominator`, `low`, `high` (95 %), `least`, `most` (what a
    provisional figure can still become). A group without rows is absent, but every bucket that began
    before `as_of` is there. `dating="event"` dates ratings by themselves, not by their episode.
    `frame.attrs["read_from"]` says of each fact what was read (a tuple of `ReadFrom`), and why; `reading`
    chooses between ways that give the same figures.
    Raises `UnknownMetric`, `UnknownDimension`, `ScopeInvalid` and the errors of `fetch`.

    On a Monday with three conversations, two about billing of which one was handed to a human:

    >>> monday = Scope(since=datetime(2026, 3, 2, tzinfo=UTC), until=datetime(2026, 3, 3, tzinfo=UTC),
    ...                as_of=datetime(2026, 3, 9, tzinfo=UTC))
    >>> found = measure(["escalations", "containment_rate"], monday, by=["topic"])
    >>> found[["metric", "topic", "value", "n"]]
                 metric    topic  value  n
    0       escalations  billing    1.0  1
    1  containment_rate  billing    0.5  2
    2  containment_rate    login    1.0  1
    """
    scopes = [scope] if isinstance(scope, Scope) else list(scope)
    answers = {
        fact: answer(question, reading)
        for fact, question in questions(metrics, scopes, by, bucket, dating).items()
    }
    groups = _empty_groups(scopes, bucket) if not by else {}
    rows = [
        row
        for key in metrics
        for row in _rows(find_metric(key), dating, answers, groups, bool(bucket), by)
    ]
    frame = _frame(rows, ["metric", "frame", *(["bucket"] if bucket else []), *by])
    frame.attrs["read_from"] = {fact: answer.read_from for fact, answer in answers.items()}
    return frame.drop(columns="frame") if isinstance(scope, Scope) else frame


def sources_of(figures: pd.DataFrame, metric: str, dating: str = "episode") -> list[ReadFrom]:
    """What one metric's figures were read from, of a frame that `measure` returned."""
    read_from: dict[str, tuple[ReadFrom, ...]] = figures.attrs["read_from"]
    return [
        source
        for fact, aggregates in find_metric(metric).kind_for(dating).aggregates().items()
        for source in read_from[fact]
        if aggregates.keys() & set(source.aggregates)
    ]


def counted(metric: str, rows: int) -> pd.DataFrame:
    """As `measure` gives a metric that counts one fact's rows, where a list has counted them already.

    Raises `UnknownMetric`, and `ValueError` for a metric that is no such count.
    """
    kind = find_metric(metric).kind
    if not isinstance(kind, Count):
        raise ValueError(f"{metric} is not a row count.")
    figure = kind.figure({kind.rows.aggregate.name: rows})
    return _frame([(metric, *_parts_of(figure))], ["metric"])


def _frame(rows: list[tuple], keys: list[str]) -> pd.DataFrame:
    """Rows of keys and a figure each; what is not known of a figure is NaN, of a key None."""
    columns: dict[str, Any] = {}
    for i, name in enumerate(keys):
        values = [row[i] for row in rows]
        is_text = name not in ("frame", "bucket")
        columns[name] = pd.Series(values, dtype=object) if is_text else values
    for i, name in enumerate(_FIGURE, start=len(keys)):
        kind = int if name == "n" else float
        columns[name] = np.array([row[i] for row in rows], dtype=kind)
    frame = pd.DataFrame(columns)
    if not rows and "bucket" in frame:
        frame["bucket"] = frame["bucket"].astype("datetime64[us, UTC]")
    return frame


def questions(
    metrics: Sequence[str],
    scopes: Sequence[Scope],
    by: Sequence[str] = (),
    bucket: str | None = None,
    dating: str = "episode",
) -> dict[str, Question]:
    """Fact → the one question that `measure` asks it; what a panel shows as its SQL.

    Where rollups are kept `measure` may put it to them, for as much of the time as they cover; the
    figures are the same.
    """
    wanted: dict[str, dict[str, str]] = {}
    for key in metrics:
        for name, aggregates in find_metric(key).kind_for(dating).aggregates().items():
            wanted.setdefault(name, {}).update(aggregates)
    found = {}
    for key, aggregates in wanted.items():
        fact = FACTS[key]
        own_by, own_scopes = tuple(by), scopes
        if fact.is_base:
            own_by = tuple(name for name in by if fact.has(name))
            own_scopes = [_only(scope, fact) for scope in scopes]
        write = snapshot_measurement if fact.is_snapshot else measurement
        statement = write(fact, aggregates, own_scopes, own_by, bucket)
        found[key] = Question(fact, statement, tuple(own_scopes), own_by, bucket, aggregates)
    return found


def _only(scope: Scope, fact: Fact) -> Scope:
    kept = tuple(chosen for chosen in scope.filters if fact.has(chosen[0]))
    return replace(scope, filters=kept)


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
    answers: dict[str, Answer],
    groups: Groups,
    has_bucket: bool,
    by: Sequence[str],
) -> list[tuple]:
    kind = metric.kind_for(dating)
    # How much of a group's key each fact has: a base may lack some of the dimensions.
    held = {key: _held(FACTS[key], by) for key in kind.aggregates()}
    splitting = [answers[key].groups for key, kept in held.items() if len(kept) == len(by)]
    rows = []
    for group in dict.fromkeys(group for part in (groups, *splitting) for group in part):
        position, start, *values = group
        sums: dict[str, Any] = {}
        for key, kept in held.items():
            sums |= answers[key].groups.get((position, start, *(values[i] for i in kept)), {})
        when = (start,) if has_bucket else ()
        rows.append((metric.key, position, *when, *values, *_parts_of(kind.figure(sums))))
    return rows


def _held(fact: Fact, by: Sequence[str]) -> tuple[int, ...]:
    return tuple(i for i, name in enumerate(by) if not fact.is_base or fact.has(name))
