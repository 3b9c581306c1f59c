"""What is measured of a page, and whom and what the measured pages are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, column, select, text

from dashboard.errors import InvalidInput
from dashboard.postgres.read import fetch
from dashboard.reports.api_errors.error_groups import error_groups
from dashboard.reports.api_errors.error_identity import Identity
from dashboard.rollups.materialized import SILENT_FAILURES
from dashboard.rollups.materialized_rows import materialized_rows
from dashboard.scope import Scope
from dashboard.scope_url import OpenScope
from tests.benchmarks.timing import Ask

EIGHT_WEEKS = timedelta(weeks=8)

_BUSIEST = text(
    "select account_id from conversations where started_at > cast(:since as timestamptz)"
    " group by account_id order by count(*) desc, account_id limit 1"
)


@dataclass(frozen=True)
class Page:
    """One page: what it asks, panel by panel, and the milliseconds it may take, None without a target.

    `is_prefetched`: whether it begins with all its questions and asks some side by side.
    """

    name: str
    panels: Mapping[str, Ask]
    wanted: float | None = None
    is_prefetched: bool = False


@dataclass(frozen=True)
class Subject:
    """The instant of asking, and what the pages about one thing are about: the account with most
    episodes in eight weeks, a conversation of the last day that a failure lay behind, and the error
    group with most failures of that day."""

    as_of: datetime
    account: str
    conversation: tuple[str, str]
    group: Identity

    def open_scope(self, length: timedelta = EIGHT_WEEKS) -> OpenScope:
        return OpenScope(length, as_of=self.as_of)

    def scope(self, length: timedelta = EIGHT_WEEKS) -> Scope:
        return self.open_scope(length).scope(self.as_of)


def subject(as_of: datetime) -> Subject:
    """What the measured pages are about. Raises `InvalidInput` where the history has nothing to show."""
    day, weeks = (Scope.last(length, as_of) for length in (timedelta(days=1), EIGHT_WEEKS))
    groups = error_groups(day, {}).groups or error_groups(weeks, {}).groups
    conversation = _passed_over(day) or _passed_over(weeks)
    if not groups or conversation is None:
        raise InvalidInput(
            "Nothing failed in this history, so that half of the pages have nothing to show.",
            "Ask for more episodes.",
        )
    first = groups[0]
    group = Identity(
        *(
            getattr(first, name)
            for name in (
                "fingerprint",
                "system",
                "name",
                "error_type",
                "message",
                "is_background",
                "spans",
                "first_seen",
                "last_seen",
            )
        )
    )
    busiest = fetch(_BUSIEST, {"since": weeks.since})[0]["account_id"]
    return Subject(as_of, busiest, conversation, group)


def _passed_over(scope: Scope) -> tuple[str, str] | None:
    silent: Select = select(column("account_id"), column("conversation_id"))
    rows = fetch(silent.select_from(materialized_rows(SILENT_FAILURES, scope)).limit(1))
    return (rows[0]["account_id"], rows[0]["conversation_id"]) if rows else None
