"""Small tables inside panels, as HTML: figures side by side, or rows that each lead somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.components.shared.plain_text import as_html, inline_html

_STYLE = Path(__file__).parent / "tables.css"


@dataclass(frozen=True)
class Cell:
    """What stands in one cell: `second` below it in small, `bar` a share 0..1 drawn under it."""

    words: str
    second: str = ""
    link: str | None = None
    bar: float | None = None


@dataclass(frozen=True)
class Column:
    """A column's heading; numbers stand to the right."""

    label: str
    is_number: bool = False


def load_table_style() -> None:
    """The style of tables, sentences and quotes; once a page."""
    st.html(_STYLE)


def draw_table(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], row_links: bool = False
) -> None:
    """`rows`: a cell for each column; with `row_links` the first cell's link is the whole row's."""
    head = "".join(
        f'<th scope="col"{_number(column)}>{as_html(column.label)}</th>' for column in columns
    )
    kind = ' class="link"' if row_links else ""
    body = "".join(f"<tr{kind}>{_row_html(columns, row)}</tr>" for row in rows)
    st.html(
        f'<div class="cr"><table class="rows"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def say(words: str, note: str = "") -> None:
    """What a panel says in a sentence, above its figure; `note` smaller below it."""
    more = f'<p class="note">{as_html(note)}</p>' if note else ""
    # A number and its per cent sign stay on one line.
    whole = as_html(words).replace(" %", "\u00a0%")
    st.html(f'<div class="cr"><p class="say">{whole}</p>{more}</div>')


def more_link(link: str, words: str) -> None:
    """The way from the first rows to all of them."""
    st.html(
        f'<p class="cr more"><a href="{as_html(link)}" target="_self">{as_html(words)} →</a></p>'
    )


def _row_html(columns: Sequence[Column], row: Sequence[Cell]) -> str:
    return "".join(
        f'<td{_number(column) or _head(place)} data-label="{as_html(column.label)}">'
        f"{_cell_html(cell)}</td>"
        for place, (column, cell) in enumerate(zip(columns, row, strict=True))
    )


def _cell_html(cell: Cell) -> str:
    words = inline_html(cell.words)
    if cell.link:
        words = f'<a href="{as_html(cell.link)}" target="_self">{words}</a>'
    second = f'<div class="second">{inline_html(cell.second)}</div>' if cell.second else ""
    bar = ""
    if cell.bar is not None:
        bar = f'<span class="bar" style="width:{100 * max(0.0, min(cell.bar, 1.0)):.1f}%"></span>'
    return words + bar + second


def _number(column: Column) -> str:
    return ' class="number"' if column.is_number else ""


def _head(place: int) -> str:
    return ' class="head"' if place == 0 else ""
