"""The SQL files under `queries/`, by their path from there."""

import re
from functools import cache
from pathlib import Path

from dashboard.settings import PROJECT_ROOT

QUERIES = PROJECT_ROOT / "queries"

_PIECE = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)"
    # What is quoted, by whichever of the three, may hold semicolons and dashes.
    r"|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?P<dollars>\$\w*\$).*?(?P=dollars)"
    r"|[^-/'\"$;]+|.",
    re.DOTALL,
)


@cache
def query_text(path: str) -> str:
    """The text of one file, for example `facts/episodes.sql`; an absolute path is taken as it is."""
    return Path(QUERIES, path).read_text(encoding="utf-8")


def query_statements(path: str | Path) -> list[str]:
    """The statements of a file that defines tables, one by one and without their comments.

    Citus hands on to its workers the whole text that a statement came in, and they refuse several at once.
    """
    statements = [""]
    for found in _PIECE.finditer(query_text(str(path))):
        piece = found[0]
        if piece == ";":
            statements.append("")
        else:
            statements[-1] += " " if found["comment"] else piece
    return [statement.strip() for statement in statements if statement.strip()]
