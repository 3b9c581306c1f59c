"""A trace as a waterfall: a row for each span, its name above its bar, failures in their own colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.layout import figure
from dashboard.charts.palette import ACCENT, GRID, MUTED, WORSE

_ROW_PIXELS = 44
_THINNEST = 0.004
"""Share of the width below which a bar could not be seen."""
_DEEPEST = 12
_MARGIN = 1.02


@dataclass(frozen=True)
class SpanBar:
    """One row: `start_ms` after the trace's start, `duration_ms` None when not measured.

    `label`, `took` and `hover` are text for Plotly, escaped; `state` is `ok`, `failed` or `recovered`;
    `mark` comes back from a click.
    """

    label: str
    took: str
    depth: int
    start_ms: float
    duration_ms: float | None
    state: str
    hover: str
    mark: str


_COLOURS = {"ok": ACCENT, "recovered": "#e0a06a", "failed": WORSE}


def trace_figure(bars: Sequence[SpanBar], selected: int, ink: str) -> go.Figure:
    """The spans from top to bottom, names in the colour `ink`; the one at `selected` is shaded.

    The axis is in milliseconds, in seconds where the trace is long.
    """
    total = max([bar.start_ms + (bar.duration_ms or 0) for bar in bars] + [1.0])
    drawn = figure(54 + _ROW_PIXELS * len(bars), barmode="overlay", bargap=0.0)
    places = list(range(len(bars)))
    # The whole row can be clicked: a bar of a millisecond could not.
    shade = ["rgba(133,147,163,.16)" if place == selected else "rgba(0,0,0,0)" for place in places]
    drawn.add_bar(
        y=places,
        x=[total * _MARGIN] * len(bars),
        width=1,
        orientation="h",
        marker={"color": shade},
        **_mark(bars),
    )
    lengths = {
        place: max(bar.duration_ms, _THINNEST * total)
        for place, bar in enumerate(bars)
        if bar.duration_ms is not None
    }
    timed = list(lengths)
    drawn.add_bar(
        y=[place + 0.2 for place in timed],
        base=[bars[place].start_ms for place in timed],
        x=list(lengths.values()),
        width=0.3,
        orientation="h",
        marker={"color": [_COLOURS[bars[place].state] for place in timed]},
        **_mark([bars[place] for place in timed]),
    )
    ticks = [place for place in places if bars[place].duration_ms is None]
    drawn.add_scatter(
        x=[bars[place].start_ms for place in ticks],
        y=[place + 0.2 for place in ticks],
        mode="markers",
        marker={
            "symbol": "line-ns-open",
            "size": 16,
            "line": {"width": 3},
            "color": [_COLOURS[bars[place].state] for place in ticks],
        },
        **_mark([bars[place] for place in ticks]),
    )
    drawn.add_scatter(
        x=[0] * len(bars),
        y=[place - 0.2 for place in places],
        mode="text",
        text=[_label(bar) for bar in bars],
        textposition="middle right",
        textfont={"size": 13, "color": ink},
        hoverinfo="skip",
        cliponaxis=False,
    )
    _axes(drawn, total, len(bars))
    return drawn


def _mark(bars: Sequence[SpanBar]) -> dict[str, Any]:
    # The page says which row is picked; Plotly would say it by fading all others.
    return {
        "customdata": [bar.mark for bar in bars],
        "hovertext": [bar.hover for bar in bars],
        "hoverinfo": "text",
        "unselected": {"marker": {"opacity": 1}},
    }


def _label(bar: SpanBar) -> str:
    shape = {"ok": "", "failed": "✕ ", "recovered": "✕ "}[bar.state]
    colour = f'<span style="color:{_COLOURS[bar.state]}">{shape}</span>' if shape else ""
    indent = "\u00a0" * 4 * min(bar.depth, _DEEPEST) + ("└ " if bar.depth else "")
    return f'{indent}{colour}<b>{bar.label}</b>  <span style="color:{MUTED}">{bar.took}</span>'


def _axes(drawn: go.Figure, total: float, rows: int) -> None:
    in_seconds = total >= 10_000
    step = _step(total)
    values = [step * i for i in range(int(total / step) + 1)]
    drawn.update_xaxes(
        range=[0, total * _MARGIN],
        showgrid=True,
        gridcolor=GRID,
        side="top",
        tickvals=values,
        ticktext=[f"{value / 1000:g} s" if in_seconds else f"{value:g} ms" for value in values],
    )
    drawn.update_yaxes(range=[rows - 0.5, -0.5], visible=False)


def _step(total: float) -> float:
    step = 1.0
    while total / step > 6:
        for factor in (2, 5, 10):
            if total / (step * factor) <= 6:
                return step * factor
        step *= 10
    return step
