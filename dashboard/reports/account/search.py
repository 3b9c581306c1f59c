"""Find an account by its name or id."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause

from dashboard.postgres.read import fetch, query

MOST_FOUND = 20


@dataclass(frozen=True)
class Found:
    """`rows`: `account_id`, `name`, `plan`, `monthly_revenue` and `episodes` (of the last 28 days), at
    most `MOST_FOUND`; `total` counts all that match."""

    rows: list[dict[str, Any]]
    total: int


def search_accounts(words: str, as_of: datetime) -> Found:
    """The accounts whose name or id holds `words`, the busiest first. Raises the errors of `fetch`."""
    rows = [dict(row) for row in fetch(search_statement(words, as_of))]
    return Found(rows, rows[0]["found"] if rows else 0)


def search_statement(words: str, as_of: datetime) -> TextClause:
    """What `search_accounts` asks."""
    return query("lists/account_search.sql").bindparams(
        words=words.strip(), as_of=as_of, most=MOST_FOUND
    )
