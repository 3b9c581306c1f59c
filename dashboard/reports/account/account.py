"""One customer: who it is, how it stands at the instant of asking, and its figures."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import TextClause, text

from dashboard.metrics.dimension_sql import dimension_query
from dashboard.metrics.dimensions import ACCOUNT_DIMENSIONS
from dashboard.metrics.registry import cards_on
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure, questions
from dashboard.query.question import Question
from dashboard.reports.escalations.handoffs import Handoffs, waiting
from dashboard.reports.shared.at_risk import accounts_at_risk
from dashboard.reports.shared.change import Headline, before, headlines
from dashboard.reports.shared.history import history_start
from dashboard.scope import Scope

FIGURES = cards_on("account")
STATUS = ["accounts_at_risk", "open_handoffs"]
HABITS = ("channel", "language")
MOST_WAITING = 20
_DAY = timedelta(days=1)

Row = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """Who it is. Name, plan and monthly revenue are today's: the warehouse keeps no history of them.
    So are its `further` dimensions, label → value.

    What is not known, or was not yet at the instant of asking, is None.
    """

    account_id: str
    name: str | None
    plan: str | None
    monthly_revenue: Decimal | None
    created_at: datetime | None
    last_episode_at: datetime | None
    last_conversation_id: str | None
    further: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Absent:
    """No account to show: `created_at` where it was created after the instant of asking, else None."""

    created_at: datetime | None


@dataclass(frozen=True)
class Status:
    """How the account stands at the instant of asking.

    `at_risk`: the failure that puts it at risk, and the episode (`failed_at`, `system`, `name`,
    `error_type`, `conversation_id`), None while it is not; `waiting`: its open handoffs.
    """

    at_risk: Row | None
    waiting: Handoffs


def account(key: str, as_of: datetime) -> Account | Absent:
    """The account `key` as far as it was known at `as_of`. Raises the errors of `fetch`."""
    row = fetch(identity_statement(key, as_of))[0]
    created_at = row["created_at"]
    is_there = row["is_in_catalogue"] and (created_at is None or created_at <= as_of)
    if not (is_there or row["has_history"]):
        return Absent(created_at)
    return Account(
        key,
        row["name"],
        row["plan"],
        row["monthly_revenue"],
        created_at if created_at is not None and created_at <= as_of else None,
        row["last_episode_at"],
        row["last_conversation_id"],
        {one.label: row[one.column] for one in ACCOUNT_DIMENSIONS if one.is_filled_in},
    )


def identity_statement(key: str, as_of: datetime) -> TextClause:
    """What `account` asks."""
    statement = text(dimension_query("lists/account_identity.sql"))
    return statement.bindparams(account=key, as_of=as_of)


def status(scope: Scope) -> Status:
    """How the account that `scope` is filtered by stands at its instant. Raises the errors of `read`."""
    here = at_instant(scope)
    at_risk = accounts_at_risk(here, 1).rows.to_dict("records")
    return Status(at_risk[0] if at_risk else None, waiting(here, MOST_WAITING))


def status_questions(scope: Scope) -> dict[str, Question]:
    """Fact → the question of the figures that `status` is the detail of."""
    return questions(STATUS, [at_instant(scope)])


def at_instant(scope: Scope) -> Scope:
    """The day that ends at the instant of asking, whatever the window is: for what holds now."""
    return replace(Scope.last(_DAY, scope.as_of, scope.time_zone), filters=scope.filters)


def figures(scope: Scope, other: Scope | None = None) -> dict[str, Headline]:
    """The account's figures against `other`, `before(scope)` unless given. The errors of `measure` pass.

    Where the warehouse's history does not reach back that far there is nothing to compare with.
    """
    other = other or before(scope)
    found = headlines(FIGURES, scope, other=other)
    start = history_start()
    if start is not None and start <= other.since:
        return found
    return {key: replace(headline, state="unknown") for key, headline in found.items()}


def habits(scope: Scope) -> dict[str, list[tuple[str | None, int]]]:
    """Dimension of `HABITS` → its values with their episodes, the most frequent first, None unknown."""
    found = {}
    for by in HABITS:
        rows = measure(["episodes"], scope, by=[by])
        counts = [(value, int(n)) for value, n in zip(rows[by], rows["value"], strict=True)]
        found[by] = sorted(counts, key=lambda pair: (-pair[1], pair[0] is None, pair[0] or ""))
    return found
