"""The SQL files under `queries/`, by their path from there."""

from functools import cache
from pathlib import Path

from dashboard.settings import PROJECT_ROOT

QUERIES = PROJECT_ROOT / "queries"


@cache
def query_text(path: str) -> str:
    """The text of one file, for example `facts/episodes.sql`."""
    return Path(QUERIES, path).read_text(encoding="utf-8")
