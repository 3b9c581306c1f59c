"""How long after a failure episodes started, and how long after it they were handed off."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import ACCENT, WORSE


def lag_figure(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[int], Sequence[str], Sequence[str]]],
) -> go.Figure:
    """Bars by bin of time: `series` holds a name, counts, hover texts and a mark for each bar.

    The bins are not equally wide; their labels say from when to when.
    """
    drawn = figure(
        280, barmode="group", bargap=0.25, showlegend=True, legend={"orientation": "h", "y": 1.16}
    )
    for (name, counts, hover, marks), colour in zip(series, (ACCENT, WORSE), strict=False):
        drawn.add_bar(
            x=list(labels),
            y=list(counts),
            name=name,
            marker={"color": colour},
            text=[f"{count:,}" if count else "" for count in counts],
            textposition="outside",
            cliponaxis=False,
            customdata=list(marks),
            hovertext=list(hover),
            hoverinfo="text",
        )
    drawn.update_xaxes(type="category")
    drawn.update_yaxes(rangemode="tozero")
    return drawn
