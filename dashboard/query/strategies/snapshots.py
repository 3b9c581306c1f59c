"""Answers from snapshots: rows that hold at an instant, each for every scope and bucket it stands for."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import RowMapping

from dashboard.metrics.sql import snapshot_instants
from dashboard.postgres.read import fetch
from dashboard.query.question import Groups, Question


def read_snapshots(question: Question) -> Groups:
    """The whole question, by one statement. The errors of `fetch` pass through."""
    groups: Groups = {}
    for row in fetch(question.statement):
        sums = {name: row[f"a{i}"] for i, name in enumerate(question.aggregates)}
        values = tuple(row[f"by_{name}"] for name in question.by)
        for position, start in _taken_at(row, question):
            groups[position, start, *values] = sums
    return groups


def _taken_at(row: RowMapping, question: Question) -> Iterator[tuple[int, datetime | None]]:
    """The scopes, by position, and their buckets for which a snapshot's row stands."""
    filters = question.scopes[row["frame"]].filters
    for position, scope in enumerate(question.scopes):
        instants = snapshot_instants(scope, question.bucket)
        if scope.filters == filters and row["at"] in instants:
            yield position, instants[row["at"]] if question.bucket else None
