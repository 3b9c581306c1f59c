"""The dimensions that the SQL files have not written out, filled in where a file says so.

A line of a file such as

    -- per dimension of conversations: {sql} as {column},

becomes, as the file is read, one line for each dimension whose `sql` is over `conversations`; `{sql}` is its
value as text, `{column}` the name of its column. What is repeated ends with the first comma at the end of a
line, and may take several lines. As it stands the file runs without them.
"""

import re
from functools import cache

from dashboard.metrics.dimension import Dimension
from dashboard.metrics.dimensions import FILLED_IN
from dashboard.query_files import query_text

_MARK = re.compile(
    r"^([ \t]*)-- per dimension of (conversations|accounts): (.*?,)\n", re.MULTILINE | re.DOTALL
)
_NEXT_LINE = re.compile(r"\n[ \t]*-- *")


def with_dimensions(text: str, dimensions: tuple[Dimension, ...] = FILLED_IN) -> str:
    """The text of a file with those of `dimensions` filled in."""

    def lines(mark: re.Match[str]) -> str:
        indent, table, repeated = mark.groups()
        template = _NEXT_LINE.sub(" ", repeated)
        return "".join(
            f"{indent}{_filled(template, one)}\n" for one in dimensions if one.reads == table
        )

    return _MARK.sub(lines, text)


@cache
def dimension_query(path: str) -> str:
    """The text of a file under `queries/`, the dimensions filled in."""
    return with_dimensions(query_text(path))


def dimension_statement(dimension: Dimension) -> str:
    """A statement that asks for no row of a dimension, but is refused where it cannot be read."""
    return _filled(f"select {{sql}} from {dimension.reads} limit 0", dimension)


def _filled(template: str, dimension: Dimension) -> str:
    # A colon in it is no parameter, and what it says stays on one line: comments are told by line.
    sql = " ".join(dimension.sql.split()).replace(":", r"\:")
    return template.replace("{column}", dimension.column).replace("{sql}", f"cast({sql} as text)")
