"""Differences between two groups, stratum by stratum, each with its interval around zero."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import ACCENT, MUTED


def differences_figure(
    labels: Sequence[str],
    differences: Sequence[tuple[float, float, float]],
    hover: Sequence[str],
    points: Sequence[str],
) -> go.Figure:
    """`differences`: value, low, high in points; what does not cross zero is drawn in full colour."""
    drawn = figure(max(160, 60 + 34 * len(labels)))
    clear = [low > 0 or high < 0 for _, low, high in differences]
    colours = [ACCENT if sure else MUTED for sure in clear]
    values = [value for value, _, _ in differences]
    for (value, low, high), label, colour in zip(differences, labels, colours, strict=True):
        drawn.add_scatter(
            x=[low, high],
            y=[label, label],
            mode="lines",
            hoverinfo="skip",
            line={"color": colour, "width": 2.5},
            name=f"{value}",
        )
    drawn.add_scatter(
        x=values,
        y=list(labels),
        mode="markers",
        marker={"size": 11, "color": colours},
        customdata=list(points),
        hovertext=list(hover),
        hoverinfo="text",
    )
    drawn.add_vline(x=0, line={"color": MUTED, "width": 1.5, "dash": "dot"})
    drawn.update_yaxes(autorange="reversed", type="category", showgrid=False)
    drawn.update_xaxes(ticksuffix=" points")
    return drawn
