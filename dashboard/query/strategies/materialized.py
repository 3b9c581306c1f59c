"""Answers from materialized rows: the facts' own rows, worked out before."""

from sqlalchemy import union_all

from dashboard.metrics.sql import grouped
from dashboard.postgres.read import fetch
from dashboard.query.question import Groups, Question, add_up
from dashboard.rollups.materialized import MaterializedFact
from dashboard.rollups.materialized_rows import materialized_rows


def read_materialized(question: Question, kept: MaterializedFact) -> Groups:
    """The whole question, by one statement. The errors of `fetch` pass through."""
    parts = [
        grouped(
            question.fact,
            question.aggregates,
            materialized_rows(kept, scope, frame=frame),
            scope,
            question.by,
            question.bucket,
            frame,
        )
        for frame, scope in enumerate(question.scopes)
    ]
    rows = fetch(parts[0] if len(parts) == 1 else union_all(*parts))
    return add_up(rows, question.by, question.aggregates)
