"""Latency by call: the median and the 95th percentile as two points on one line, on a log axis."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import ACCENT, GRID, MUTED

_TICKS = [
    (value, f"{value} ms" if value < 1000 else f"{value // 1000} s")
    for value in (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000)
]


def latency_figure(
    labels: Sequence[str],
    p50: Sequence[float],
    p95: Sequence[float],
    hover: Sequence[str],
    points: Sequence[str],
) -> go.Figure:
    """`p50` and `p95` in milliseconds, the first call on top; `points` as of `layout.encode_drilldown`."""
    drawn = figure(
        70 + 26 * len(labels),
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom"},
    )
    # A duration of 0 has no logarithm.
    low, high = ([max(value, 0.1) for value in values] for values in (p50, p95))
    between = [value for pair in zip(low, high, strict=True) for value in (*pair, None)]
    drawn.add_scatter(
        x=between,
        y=[label for label in labels for _ in range(3)],
        mode="lines",
        line={"color": MUTED, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    for name, values, fill in (("p50", low, "circle-open"), ("p95", high, "circle")):
        drawn.add_scatter(
            x=values,
            y=list(labels),
            mode="markers",
            name=name,
            marker={"size": 10, "color": ACCENT, "symbol": fill, "line": {"width": 2}},
            customdata=list(points),
            hovertext=list(hover),
            hoverinfo="text",
        )
    drawn.update_xaxes(
        type="log",
        showgrid=True,
        gridcolor=GRID,
        tickvals=[value for value, _ in _TICKS],
        ticktext=[text for _, text in _TICKS],
    )
    drawn.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return drawn
