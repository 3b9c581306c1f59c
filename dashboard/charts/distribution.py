"""Ratings from 5 down to 1: a bar each, with its count and share."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import ACCENT, MUTED, WORSE


def distribution_figure(
    counts: Sequence[tuple[str, int]],
    hover: Sequence[str],
    points: Sequence[str],
    height: int = 300,
) -> go.Figure:
    """`counts`: rating (1 to 5, as text) and how many, the first on top.

    Satisfied, neutral and dissatisfied differ in colour; the labels say the same in words.
    """
    drawn = figure(height, bargap=0.25)
    total = sum(count for _, count in counts) or 1
    drawn.add_bar(
        x=[count for _, count in counts],
        y=[f"{stars} of 5" for stars, _ in counts],
        orientation="h",
        marker={"color": [_colour(int(stars)) for stars, _ in counts]},
        text=[f"  {count:,} · {100 * count / total:.1f} %" for _, count in counts],
        textposition="outside",
        cliponaxis=False,
        customdata=list(points),
        hovertext=list(hover),
        hoverinfo="text",
    )
    most = max((count for _, count in counts), default=0) or 1
    drawn.update_yaxes(autorange="reversed", type="category", showgrid=False)
    drawn.update_xaxes(visible=False, range=[0, 1.45 * most])
    return drawn


def _colour(stars: int) -> str:
    if stars >= 4:
        return ACCENT
    return MUTED if stars == 3 else WORSE
