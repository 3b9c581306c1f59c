"""How far back the warehouse goes, and how many earlier weeks that leaves to compare with."""

from datetime import datetime, timedelta

from dashboard.postgres.read import fetch, query
from dashboard.reports.shared.normal import WEEKS


def history_start() -> datetime | None:
    """The start of the first episode; None in an empty warehouse. Raises the errors of `fetch`."""
    return fetch(query("lists/history_start.sql"))[0]["started_at"]


def known_weeks(since: datetime, start: datetime | None) -> int:
    """How many of the weeks before `since`, which a band is made of, are wholly within the history."""
    if start is None:
        return 0
    return max(0, min(WEEKS, (since - start) // timedelta(weeks=1)))
