"""A heat map whose cells can be clicked: Plotly's own cannot, so every cell is a bar."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import ACCENT

_RED_GREEN_BLUE = tuple(int(ACCENT[place : place + 2], 16) for place in (1, 3, 5))
_PALEST, _STRONGEST = 0.05, 0.8
_GAP = 0.06


@dataclass(frozen=True)
class HeatCell:
    """One cell by its place from the left and from the top; `label` stands in it.

    `value` colours it; None for a total, which would outshine what it is the total of.
    """

    column: int
    row: int
    value: float | None
    label: str
    hover: str
    mark: str


def heat_figure(
    cells: Sequence[HeatCell],
    columns: Sequence[str],
    rows: Sequence[str],
    ink: str,
    every: int = 1,
    row_pixels: int = 34,
) -> go.Figure:
    """`columns` and `rows` name the places; of the columns each `every`th has its name above it.

    `ink`: the colour of text on the page; no cell is so strong that it could not be read.
    """
    drawn = figure(90 + row_pixels * len(rows), barmode="overlay")
    _draw_cells(drawn, cells)
    if any(cell.label for cell in cells):
        _draw_labels(drawn, cells, ink)
    shown = range(0, len(columns), every)
    drawn.update_xaxes(
        side="top",
        ticks="",
        autotickangles=[0, 90],
        range=[-0.5, len(columns) - 0.5],
        tickvals=list(shown),
        ticktext=[columns[i] for i in shown],
    )
    drawn.update_yaxes(
        ticks="",
        showgrid=False,
        range=[len(rows) - 0.5, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=list(rows),
    )
    return drawn


def _draw_cells(drawn: go.Figure, cells: Sequence[HeatCell]) -> None:
    most = max((cell.value for cell in cells if cell.value is not None), default=0) or 1
    drawn.add_bar(
        x=[cell.column for cell in cells],
        y=[1 - _GAP] * len(cells),
        base=[cell.row - 0.5 + _GAP / 2 for cell in cells],
        width=[1 - _GAP] * len(cells),
        marker={"color": [_shade(cell.value, most) for cell in cells], "line": {"width": 0}},
        unselected={"marker": {"opacity": 0.5}},
        customdata=[cell.mark for cell in cells],
        hovertext=[cell.hover for cell in cells],
        hoverinfo="text",
    )


def _draw_labels(drawn: go.Figure, cells: Sequence[HeatCell], ink: str) -> None:
    drawn.add_scatter(
        x=[cell.column for cell in cells],
        y=[cell.row for cell in cells],
        mode="text",
        text=[f"<b>{cell.label}</b>" if cell.value is None else cell.label for cell in cells],
        textfont={"color": ink},
        hoverinfo="skip",
    )


def _shade(value: float | None, most: float) -> str:
    red, green, blue = _RED_GREEN_BLUE
    alpha = 0.0 if value is None else _PALEST + (_STRONGEST - _PALEST) * max(0.0, value / most)
    return f"rgba({red}, {green}, {blue}, {alpha:.3f})"
