"""What each feed of the warehouse last brought: every source of conversations, and the spans."""

from datetime import datetime

from sqlalchemy import RowMapping

from dashboard.postgres.read import fetch, query


def newest_by_source(as_of: datetime) -> list[RowMapping]:
    """One row per source of conversations in order of name, then one for the spans, as of `as_of`.

    Columns: `source`, `relation`, `newest_event_at`, `newest_load_at`, `oldest_event_at` and
    `usual_events`, as `lists/newest_conversations.sql` says. Raises the errors of `fetch`.
    """
    found: list[RowMapping] = []
    conversations = query("lists/newest_conversations.sql")
    while rows := fetch(conversations, {"after": _last(found), "as_of": as_of}):
        found += rows
    return found + fetch(query("lists/newest_spans.sql"), {"as_of": as_of})


def _last(found: list[RowMapping]) -> str | None:
    return found[-1]["source"] if found else None
