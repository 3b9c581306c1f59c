"""The SQL files under `queries/`, by their path from there."""

import re
from functools import cache
from pathlib import Path

from dashboard.settings import PROJECT_ROOT

QUERIES = PROJECT_ROOT / "queries"


@cache
def query_text(path: str) -> str:
    """The text of one file, for example `facts/episodes.sql`; an absolute path is taken as it is."""
    return Path(QUERIES, path).read_text(encoding="utf-8")


def query_statements(path: str) -> list[str]:
    """The statements of a file that defines tables, one by one and without their comments.

    Citus hands on to its workers the whole text that a statement came in, and they refuse several at once.
    """
    bare = re.sub("--.*", "", query_text(path))
    return [statement for part in bare.split(";") if (statement := part.strip())]
