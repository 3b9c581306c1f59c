"""How long handoffs waited, from how many there are of each second."""

from collections.abc import Mapping

from dashboard.query.question import Groups, Question
from dashboard.rollups.definitions import waits_to_human
from dashboard.rollups.planner import Plan
from dashboard.rollups.reasons import Reason
from dashboard.rollups.waits import plan_of_waits
from dashboard.rollups.waits import read_waits as read_seconds


def plan_waits(question: Question, is_little: bool) -> Plan | Reason:
    """The plan for the waits of the question; why sums do not answer it."""
    return plan_of_waits(question.scopes, question.by, question.bucket, is_little)


def read_waits(question: Question, planned: Plan, aggregates: Mapping[str, str]) -> Groups:
    """The waits that are gathered, and counts of all. The errors of `fetch` pass through."""
    gathering = waits_to_human()
    return {
        key: {
            name: getattr(waited, gathering[sql]) if sql in gathering else waited.total
            for name, sql in aggregates.items()
        }
        for key, waited in read_seconds(planned, question.by, question.bucket).items()
    }
