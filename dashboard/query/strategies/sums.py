"""Answers from the sums of a rollup group: what adds up over days and quarters of an hour."""

from collections.abc import Mapping

from dashboard.postgres.read import fetch
from dashboard.query.question import Groups, Question, add_up
from dashboard.rollups.planner import Plan


def read_sums(question: Question, planned: Plan, aggregates: Mapping[str, str]) -> Groups:
    """Those `aggregates` of the question, by one statement. The errors of `fetch` pass through."""
    statement = planned.statement(question.fact, aggregates, question.by, question.bucket)
    return add_up(fetch(statement), question.by, aggregates)
