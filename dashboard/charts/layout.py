"""What the analysis pages' figures share: margins, axes, and the way a mark carries its link."""

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import GRID


def figure(height: int, **layout: Any) -> go.Figure:
    """An empty figure, `height` in pixels, with quiet axes; `layout` goes to Plotly as it is."""
    drawn = go.Figure()
    drawn.update_layout(
        height=height,
        margin={"t": 12, "b": 8, "l": 8, "r": 12},
        showlegend=False,
        hovermode="closest",
        bargap=0.3,
        hoverlabel={"align": "left"},
        clickmode="event+select",
    )
    drawn.update_xaxes(showgrid=False, zeroline=False, automargin=True, fixedrange=True)
    drawn.update_yaxes(gridcolor=GRID, zeroline=False, automargin=True, fixedrange=True)
    drawn.update_layout(**layout)
    return drawn


def encode_drilldown(link: str | None, words: str) -> str:
    """What a mark carries: the link to the conversations behind it, and what they are, in words."""
    return json.dumps([link, words])


def decode_drilldown(customdata: object) -> tuple[str | None, str] | None:
    """The inverse of `behind`, for what a click on a mark gives back; None for a mark without one."""
    try:
        link, words = json.loads(_first_text(customdata))
    except (TypeError, ValueError):
        return None
    return link, words


def _first_text(customdata: object) -> str:
    # A click gives the mark's datum as it is, or in a list of one.
    if isinstance(customdata, list | tuple) and customdata:
        return str(customdata[0])
    return str(customdata)


def scaled(unit: str, values: Iterable[float | None]) -> list[float | None]:
    """Figures as an axis shows them: shares in per cent, seconds in minutes, NaN as a gap."""
    factor = axis_factor(unit)
    return [None if value is None or pd.isna(value) else float(value) * factor for value in values]


def axis_factor(unit: str) -> float:
    """What a figure is multiplied by on an axis."""
    return {"share": 100.0, "seconds": 1 / 60}.get(unit, 1.0)


def axis_suffix(unit: str) -> str:
    """What follows a number on the axis of `unit`."""
    return {"share": " %", "seconds": " min", "milliseconds": " ms"}.get(unit, "")
