"""A change as a waterfall: from the rate before, segment by segment, to the rate after."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import BETTER, MUTED, WORSE


def waterfall_figure(
    start: float,
    end: float,
    names: Sequence[str],
    contributions: Sequence[float],
    hover: Sequence[str],
    points: Sequence[str],
    better_up: bool = True,
) -> go.Figure:
    """`start` and `end` in per cent, `contributions` those of the segments, which sum to the change."""
    drawn = figure(360)
    up, down = (BETTER, WORSE) if better_up else (WORSE, BETTER)
    labels = ["Before", *names, "After"]
    drawn.add_waterfall(
        x=labels,
        y=[start, *contributions, end],
        measure=["absolute", *["relative"] * len(contributions), "total"],
        text=[
            f"{start:.2f} %",
            *[f"{part:+.2f}".replace("-", "−") for part in contributions],
            f"{end:.2f} %",
        ],
        textposition="outside",
        increasing={"marker": {"color": up}},
        decreasing={"marker": {"color": down}},
        totals={"marker": {"color": MUTED}},
        connector={"line": {"color": MUTED, "width": 1, "dash": "dot"}},
        customdata=["null", *points, "null"],
        hovertext=["", *hover, ""],
        hoverinfo="text",
    )
    path = [start]
    for part in contributions:
        path.append(path[-1] + part)
    reach = max(path) - min(path) or 1
    # The change, not the whole rate, is what the bars are for.
    drawn.update_yaxes(range=[min(path) - 0.35 * reach, max(path) + 0.35 * reach], ticksuffix=" %")
    return drawn
