"""A metric over time, each point before the band of what is usual at that hour of the week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.layout import axis_factor, axis_suffix, figure, scaled
from dashboard.charts.palette import ACCENT, BAND, BETTER, WORSE
from dashboard.charts.trend import mark_changes

_COLOURS = {"worse": WORSE, "better": BETTER, "": ACCENT}
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class NormalPoint:
    """One bucket: `at` is its start on the reporting clock. `low` and `high` are None without a band.

    `state`: `above`, `below` or neither; `tone`: `worse`, `better` or ``.
    """

    at: datetime
    value: float | None
    low: float | None
    high: float | None
    state: str
    tone: str
    is_whole: bool
    hover: str
    mark: str


def normal_figure(
    points: Sequence[NormalPoint],
    unit: str,
    length: timedelta,
    changes: pd.DataFrame | None = None,
    height: int = 300,
) -> go.Figure:
    """A count is drawn as bars, anything else as a line; `length` is that of a bucket.

    What stands out has a triangle as well as a colour; a bucket that is not over is paler.
    """
    drawn = figure(height, barmode="overlay")
    _draw_band(drawn, points, unit, length)
    (_draw_bars if unit == "count" else _draw_line)(drawn, points, unit, length)
    drawn.update_yaxes(ticksuffix=axis_suffix(unit), rangemode="tozero")
    if changes is not None:
        mark_changes(drawn, changes)
    return drawn


def _draw_band(
    drawn: go.Figure, points: Sequence[NormalPoint], unit: str, length: timedelta
) -> None:
    factor = axis_factor(unit)
    known = [
        (point.at, point.low * factor, point.high * factor)
        for point in points
        if point.low is not None and point.high is not None
    ]
    drawn.add_bar(
        x=[at for at, _, _ in known],
        base=[low for _, low, _ in known],
        y=[high - low for _, low, high in known],
        width=0.98 * (length / _MILLISECOND),
        marker={"color": BAND, "line": {"width": 0}},
        hoverinfo="skip",
    )


def _draw_bars(
    drawn: go.Figure, points: Sequence[NormalPoint], unit: str, length: timedelta
) -> None:
    drawn.add_bar(
        x=[point.at for point in points],
        y=scaled(unit, [point.value for point in points]),
        width=0.5 * (length / _MILLISECOND),
        marker={"color": [_colour(point) for point in points], "line": {"width": 0}},
        text=[_sign(point) for point in points],
        textposition="outside",
        cliponaxis=False,
        customdata=[point.mark for point in points],
        hovertext=[point.hover for point in points],
        hoverinfo="text",
    )


def _draw_line(
    drawn: go.Figure, points: Sequence[NormalPoint], unit: str, length: timedelta
) -> None:
    symbols = {"above": "triangle-up", "below": "triangle-down"}
    drawn.add_scatter(
        x=[point.at for point in points],
        y=scaled(unit, [point.value for point in points]),
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        connectgaps=False,
        marker={
            "symbol": [
                symbols.get(point.state, "circle" if point.is_whole else "circle-open")
                for point in points
            ],
            "size": [13 if point.state in symbols else 7 for point in points],
            "color": [_COLOURS[point.tone] for point in points],
        },
        customdata=[point.mark for point in points],
        hovertext=[point.hover for point in points],
        hoverinfo="text",
    )


def _colour(point: NormalPoint) -> str:
    # Paler by its colour: bars with a text and an opacity each cannot be clicked.
    return _COLOURS[point.tone] if point.is_whole else f"{_COLOURS[point.tone]}80"


def _sign(point: NormalPoint) -> str:
    return {"above": "▲", "below": "▼"}.get(point.state, "")
