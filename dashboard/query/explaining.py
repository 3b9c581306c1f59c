"""The line beside a panel's SQL: what its figures are read from, and why."""

from dataclasses import dataclass

from dashboard.errors import ControlRoomError
from dashboard.postgres.sql_text import Statement, sql_text
from dashboard.query.question import Question
from dashboard.query.read_from import ReadFrom, Store, sentence
from dashboard.query.router import explain
from dashboard.rollups.definitions import SCHEMA
from dashboard.rollups.materialized import MaterializedFact
from dashboard.rollups.reasons import Reason
from dashboard.rollups.usable_days import materialized_days
from dashboard.scope import Scope


@dataclass(frozen=True)
class RowsBehind:
    """A list whose rows are materialized where they may be read: its statement over the facts."""

    statement: Statement
    kept: MaterializedFact
    scope: Scope


Shown = Statement | Question | RowsBehind
"""What a panel shows as its SQL: of a question or a list as it is put to the facts."""


def shown_sql(shown: Shown) -> str:
    """Its SQL, ready to paste."""
    return sql_text(shown.statement if isinstance(shown, Question | RowsBehind) else shown)


def read_from_words(shown: Shown) -> str | None:
    """ "Read from: …", as of now; None where the warehouse does not say."""
    try:
        return sentence(_sources(shown))
    except ControlRoomError:
        return None


def _sources(shown: Shown) -> tuple[ReadFrom, ...]:
    if isinstance(shown, Question):
        return explain(shown)
    if isinstance(shown, RowsBehind):
        return (_of_rows(shown),)
    # What is sent as it is shown names what it reads.
    is_kept = f"{SCHEMA}." in sql_text(shown)
    return (ReadFrom(Store.MATERIALIZED_ROWS if is_kept else Store.FACTS, "", ()),)


def _of_rows(shown: RowsBehind) -> ReadFrom:
    days = materialized_days()
    share = days.share([shown.scope]) if days else 0.0
    if not share:
        return ReadFrom(Store.FACTS, shown.kept.fact.key, (), reason=Reason.NOT_COVERED)
    reason = Reason.NOT_COVERED if share < 1 else None
    return ReadFrom(Store.MATERIALIZED_ROWS, shown.kept.key, (), share, reason)
