"""A table whose cells are HTML already, in the style of the tables inside panels."""

from collections.abc import Iterable, Sequence

from dashboard.components.shared.plain_text import as_html
from dashboard.components.shared.tables import Column


def table_html(columns: Sequence[Column], rows: Iterable[Sequence[str]], caption: str) -> str:
    """`rows`: a cell of HTML for each column, text from the warehouse escaped.

    `caption` names the table for screen readers.
    """
    head = "".join(
        f'<th scope="col"{_number(column)}>{as_html(column.label)}</th>' for column in columns
    )
    body = "".join(f"<tr>{_row_html(columns, row)}</tr>" for row in rows)
    return (
        f'<div class="cr"><table class="rows account-rows" aria-label="{as_html(caption)}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row_html(columns: Sequence[Column], row: Sequence[str]) -> str:
    return "".join(
        f'<td{_number(column)} data-label="{as_html(column.label)}">{cell}</td>'
        for column, cell in zip(columns, row, strict=True)
    )


def _number(column: Column) -> str:
    return ' class="number"' if column.is_number else ""
