"""A metric by segment: a point with its interval each, the whole as a line through them."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.layout import axis_suffix, figure, scaled
from dashboard.charts.palette import ACCENT, MUTED

_ROW_PIXELS = 34


def breakdown_figure(
    rows: pd.DataFrame,
    unit: str,
    hover: Sequence[str],
    points: Sequence[str],
    whole: float | None = None,
) -> go.Figure:
    """`rows`: `label`, `value`, `low`, `high`, the first on top; `whole` is the figure of all."""
    drawn = figure(max(160, 60 + _ROW_PIXELS * len(rows)))
    values = scaled(unit, rows["value"])
    low, high = scaled(unit, rows["low"]), scaled(unit, rows["high"])
    has_interval = any(bound is not None for bound in low)
    if has_interval:
        drawn.add_scatter(
            x=values,
            y=list(rows["label"]),
            mode="markers",
            marker={"size": 11, "color": ACCENT},
            error_x={
                "type": "data",
                "symmetric": False,
                "thickness": 2,
                "width": 0,
                "color": ACCENT,
                "array": _reach(values, high),
                "arrayminus": _reach(low, values),
            },
            customdata=list(points),
            hovertext=list(hover),
            hoverinfo="text",
        )
    else:
        drawn.add_bar(
            x=values,
            y=list(rows["label"]),
            orientation="h",
            marker={"color": ACCENT},
            customdata=list(points),
            hovertext=list(hover),
            hoverinfo="text",
        )
    if whole is not None and not pd.isna(whole):
        drawn.add_vline(
            x=scaled(unit, [whole])[0], line={"color": MUTED, "width": 1.5, "dash": "dot"}
        )
    drawn.update_yaxes(autorange="reversed", type="category", showgrid=False)
    drawn.update_xaxes(
        ticksuffix=axis_suffix(unit), showgrid=True, gridcolor="rgba(133,147,163,.22)"
    )
    return drawn


def _reach(start: Sequence[float | None], end: Sequence[float | None]) -> list[float]:
    return [
        0.0 if a is None or b is None else max(0.0, b - a) for a, b in zip(start, end, strict=True)
    ]
