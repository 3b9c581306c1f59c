"""A funnel of nested counts, the first on top."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import ACCENT, BAND


def funnel_figure(
    labels: Sequence[str],
    counts: Sequence[int],
    undecided: Sequence[int],
    hover: Sequence[str],
    points: Sequence[str],
) -> go.Figure:
    """A bar for each step; `undecided` is drawn after it in a pale colour: what may still qualify."""
    drawn = figure(max(220, 48 * len(labels) + 20), barmode="stack", bargap=0.25)
    drawn.add_bar(
        x=list(counts),
        y=list(labels),
        orientation="h",
        marker={"color": ACCENT},
        text=[f"{count:,}" for count in counts],
        textposition="inside",
        insidetextanchor="start",
        customdata=list(points),
        hovertext=list(hover),
        hoverinfo="text",
    )
    drawn.add_bar(
        x=list(undecided),
        y=list(labels),
        orientation="h",
        marker={"color": BAND},
        hovertext=[f"{count:,} may still qualify" for count in undecided],
        hoverinfo="text",
    )
    drawn.update_yaxes(autorange="reversed", showgrid=False)
    drawn.update_xaxes(visible=False)
    return drawn
