"""What the filter bar offers."""

from collections import Counter
from datetime import datetime, timedelta

from dashboard.metrics.dimensions import ACCOUNT_DIMENSIONS, CONVERSATION_DIMENSIONS
from dashboard.postgres.read import fetch
from dashboard.reports.shared.filter_options import (
    FilterOptions,
    Value,
    filter_options,
    in_order,
    seen_query,
)

_OF_EPISODES = tuple(one for one in CONVERSATION_DIMENSIONS if one.is_rolled_up)
_OF_ACCOUNTS = tuple(one for one in ACCOUNT_DIMENSIONS if one.is_rolled_up)
_SEEN = FilterOptions(
    "episodes",
    tuple(one.key for one in _OF_EPISODES),
    timedelta(days=90),
    "lists/seen_episodes.sql",
)


def filter_values(as_of: datetime) -> dict[str, list[str]]:
    """Filter → its values as text, the most frequent first; `(unknown)` where some are null.

    Of the episodes of the last 90 days, and of all accounts. Raises the errors of `fetch`.
    """
    return filter_options([_SEEN], as_of) | _of_accounts()


def _of_accounts() -> dict[str, list[str]]:
    counts: dict[str, Counter[Value]] = {one.key: Counter() for one in _OF_ACCOUNTS}
    for row in fetch(seen_query("lists/seen_accounts.sql")):
        for one in _OF_ACCOUNTS:
            counts[one.key][row[one.column]] += row["rows_seen"]
    return {key: in_order(counted) for key, counted in counts.items() if counted}
