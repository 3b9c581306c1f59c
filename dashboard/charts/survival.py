"""Waiting as a curve that falls: which share still waits after how long."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import ACCENT, BAND, CATEGORIES, GRID, MUTED

_TICKS = {
    1: "1 s",
    10: "10 s",
    30: "30 s",
    60: "1 min",
    300: "5 min",
    900: "15 min",
    3600: "1 h",
    14400: "4 h",
    86400: "1 day",
    345600: "4 days",
}

_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


@dataclass(frozen=True)
class SurvivalPoint:
    """A mark on a curve: after `seconds` the share `waiting`; `words` stand beside it, where given."""

    seconds: float
    waiting: float
    hover: str
    mark: str
    words: str = ""


@dataclass(frozen=True)
class SurvivalLine:
    """One curve: `waiting`, and where it is drawn `low` and `high`, after each of `seconds`."""

    name: str
    seconds: Sequence[float]
    waiting: Sequence[float]
    points: Sequence[SurvivalPoint]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


def survival_figure(
    main: SurvivalLine,
    others: Sequence[SurvivalLine],
    quantiles: Sequence[SurvivalPoint],
    ink: str,
    height: int = 360,
) -> go.Figure:
    """`main` with its band, `others` as thin lines; a dotted line leads to each of `quantiles`.

    `ink` is the colour of text on the page. Times are on a logarithmic axis: minutes and hours can
    both be read.
    """
    drawn = figure(height, showlegend=bool(others), legend=_LEGEND)
    least = _least(main, others)
    for number, line in enumerate(others, start=1):
        _draw_line(drawn, line, CATEGORIES[number % len(CATEGORIES)], 1.4, least)
    if main.low is not None and main.high is not None:
        edge = {
            "mode": "lines",
            "line": {"width": 0, "shape": "hv"},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        x = [least, *_floored(main.seconds, least)]
        drawn.add_scatter(x=x, y=_per_cent([1.0, *main.low]), **edge)
        drawn.add_scatter(
            x=x, y=_per_cent([1.0, *main.high]), fill="tonexty", fillcolor=BAND, **edge
        )
    _draw_line(drawn, main, ACCENT, 2.8, least)
    for point in quantiles:
        _draw_quantile(drawn, point, least, ink)
    most = max(max(line.seconds, default=least) for line in (main, *others))
    ticks = [second for second in _TICKS if least <= second <= most]
    drawn.update_xaxes(
        type="log",
        tickvals=ticks,
        ticktext=[_TICKS[second] for second in ticks],
        showgrid=True,
        gridcolor=GRID,
    )
    drawn.update_yaxes(
        range=[0, 103],
        tickvals=[0, 10, 25, 50, 75, 100],
        ticktext=["0 %", "10 %", "25 %", "50 %", "75 %", "100 %"],
    )
    return drawn


def _draw_line(
    drawn: go.Figure, line: SurvivalLine, colour: str, width: float, least: float
) -> None:
    drawn.add_scatter(
        x=[least, *_floored(line.seconds, least)],
        y=_per_cent([1.0, *line.waiting]),
        mode="lines",
        line={"color": colour, "width": width, "shape": "hv"},
        name=line.name,
        hoverinfo="skip",
        legendgroup=line.name,
    )
    drawn.add_scatter(
        x=[point.seconds for point in line.points],
        y=_per_cent([point.waiting for point in line.points]),
        mode="markers",
        marker={"size": 5 + width, "color": colour},
        legendgroup=line.name,
        showlegend=False,
        customdata=[point.mark for point in line.points],
        hovertext=[point.hover for point in line.points],
        hoverinfo="text",
    )


def _draw_quantile(drawn: go.Figure, point: SurvivalPoint, least: float, ink: str) -> None:
    height = 100 * point.waiting
    drawn.add_scatter(
        x=[least, point.seconds, point.seconds],
        y=[height, height, 0],
        mode="lines",
        line={"color": MUTED, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
    drawn.add_scatter(
        x=[point.seconds],
        y=[height],
        mode="markers",
        showlegend=False,
        marker={"size": 13, "color": ACCENT, "symbol": "diamond"},
        customdata=[point.mark],
        hovertext=[point.hover],
        hoverinfo="text",
    )
    # Below the curve, where no line is; two lines of text where there is room for them.
    is_high = height > 20
    words = point.words.replace("  ", "<br>", 1) if is_high else point.words
    drawn.add_scatter(
        x=[point.seconds],
        y=[height / 2 if is_high else 4],
        mode="text",
        text=[f"<b>{words}</b>  "],
        showlegend=False,
        textposition="middle left",
        textfont={"color": ink},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _least(main: SurvivalLine, others: Sequence[SurvivalLine]) -> float:
    # A logarithmic axis has no zero; an answer within the second is drawn at its left end.
    first = min(min(line.seconds, default=60.0) for line in (main, *others))
    return max(1.0, min(first, 60.0) / 1.5)


def _floored(seconds: Sequence[float], least: float) -> list[float]:
    return [max(float(second), least) for second in seconds]


def _per_cent(shares: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(share) else 100 * float(share) for share in shares]
