"""Answers from the facts: every row anew."""

from collections.abc import Mapping

from dashboard.metrics.sql import measurement
from dashboard.postgres.read import fetch
from dashboard.query.question import Groups, Question, add_up


def read_facts(question: Question, aggregates: Mapping[str, str]) -> Groups:
    """Those `aggregates` of the question, by one statement. The errors of `fetch` pass through."""
    whole = len(aggregates) == len(question.aggregates)
    statement = (
        question.statement
        if whole
        else measurement(question.fact, aggregates, question.scopes, question.by, question.bucket)
    )
    return add_up(fetch(statement), question.by, aggregates)
