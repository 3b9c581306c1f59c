"""What the filter bar offers."""

from datetime import datetime, timedelta

from dashboard.postgres.read import fetch, query
from dashboard.reports.shared.filter_options import FilterOptions, filter_options, in_order

_SEEN = FilterOptions(
    "episodes",
    ("topic", "channel", "version", "language", "source"),
    timedelta(days=90),
    "lists/seen_episodes.sql",
)


def filter_values(as_of: datetime) -> dict[str, list[str]]:
    """Filter → its values as text, the most frequent first; `(unknown)` where some are null.

    Of the episodes of the last 90 days, and the plans of all accounts. Raises the errors of `fetch`.
    """
    found = filter_options([_SEEN], as_of)
    plans = {row["plan"]: row["rows_seen"] for row in fetch(query("lists/seen_plans.sql"))}
    return found | {"plan": in_order(plans)} if plans else found
