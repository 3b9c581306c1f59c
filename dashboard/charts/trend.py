"""A metric over time: its line, its interval, and what the team changed."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.layout import axis_suffix, figure, scaled
from dashboard.charts.palette import ACCENT, BAND, CATEGORIES, MUTED


def trend_figure(
    figures: pd.DataFrame,
    unit: str,
    hover: Sequence[str],
    points: Sequence[str],
    changes: pd.DataFrame | None = None,
    height: int = 280,
) -> go.Figure:
    """One metric by bucket, with its 95 % band where it has one.

    `figures`: `bucket`, `value`, `low`, `high`, `is_whole` (False for a bucket that the window cuts),
    in order; `hover` and `points` (see `layout.encode_drilldown`): a text for each row; `changes`:
    `changed_at`, `title`.
    """
    drawn = figure(height)
    times = list(figures["bucket"])
    low, high = scaled(unit, figures["low"]), scaled(unit, figures["high"])
    if any(bound is not None for bound in low):
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "connectgaps": False}
        drawn.add_scatter(x=times, y=low, **edge)
        drawn.add_scatter(x=times, y=high, fill="tonexty", fillcolor=BAND, **edge)
    drawn.add_scatter(
        x=times,
        y=scaled(unit, figures["value"]),
        mode="lines+markers",
        line={"color": ACCENT, "width": 2.5},
        marker={
            "size": 7,
            "symbol": ["circle" if w else "circle-open" for w in figures["is_whole"]],
        },
        customdata=list(points),
        hovertext=list(hover),
        hoverinfo="text",
        connectgaps=False,
    )
    drawn.update_yaxes(ticksuffix=axis_suffix(unit))
    if unit == "count":
        drawn.update_yaxes(rangemode="tozero")
    if changes is not None:
        mark_changes(drawn, changes)
    return drawn


def lines_figure(
    series: Sequence[tuple[str, pd.DataFrame, Sequence[str], Sequence[str]]],
    unit: str,
    changes: pd.DataFrame | None = None,
    height: int = 300,
) -> go.Figure:
    """Several lines side by side, named in a legend.

    `series`: name, its rows (`bucket`, `value`), a hover text and a mark for each row.
    """
    drawn = figure(height, showlegend=len(series) > 1, legend={"orientation": "h", "y": 1.12})
    for number, (name, rows, hover, points) in enumerate(series):
        drawn.add_scatter(
            x=list(rows["bucket"]),
            y=scaled(unit, rows["value"]),
            mode="lines+markers",
            name=name,
            line={"color": CATEGORIES[number % len(CATEGORIES)], "width": 2.2},
            marker={"size": 6},
            customdata=list(points),
            hovertext=list(hover),
            hoverinfo="text",
        )
    drawn.update_yaxes(ticksuffix=axis_suffix(unit))
    if changes is not None:
        mark_changes(drawn, changes)
    return drawn


def mark_changes(drawn: go.Figure, changes: pd.DataFrame) -> None:
    """A dotted line for each change, its title on a diamond at the top."""
    if changes.empty:
        return
    for instant in changes["changed_at"]:
        drawn.add_vline(x=instant, line={"color": MUTED, "width": 1, "dash": "dot"}, layer="below")
    drawn.add_scatter(
        x=list(changes["changed_at"]),
        y=[1.0] * len(changes),
        yaxis="y2",
        mode="markers",
        marker={"symbol": "diamond", "size": 10, "color": MUTED},
        hovertext=[_one_line(title) for title in changes["title"]],
        hoverinfo="text+x",
        showlegend=False,
    )
    drawn.update_layout(
        yaxis2={"overlaying": "y", "range": [0, 1.02], "visible": False, "fixedrange": True}
    )


def _one_line(title: str) -> str:
    # Plotly reads a little HTML in hover texts; what people typed is text.
    shown = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown if len(shown) <= 90 else f"{shown[:89]}…"
