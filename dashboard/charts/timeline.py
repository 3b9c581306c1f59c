"""A customer's timeline as a Plotly figure: a lane for each system, for conversations, for changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Figure = dict[str, Any]

_STYLES = {
    "failed": {"symbol": "x", "size": 12, "color": "#e0701e", "line": {"width": 0}},
    "recovered": {"symbol": "x-open", "size": 11, "color": "#e0a06a", "line": {"width": 2}},
    "succeeded": {"symbol": "line-ns-open", "size": 10, "color": "#8593a3", "line": {"width": 1.5}},
    "change": {"symbol": "diamond", "size": 11, "color": "#8a63d2", "line": {"width": 0}},
    "conversation": {"symbol": "circle", "size": 10, "color": "#6aa3dd", "line": {"width": 0}},
    "this": {"symbol": "circle", "size": 14, "color": "#0b7be0", "line": {"width": 0}},
}
_HALF_A_DAY_MS = 43_200_000
_TICKS = [
    {"dtickrange": [None, _HALF_A_DAY_MS], "value": "%H:%M\n%-d %b"},
    {"dtickrange": [_HALF_A_DAY_MS, None], "value": "%a %-d %b"},
]

KINDS = tuple(_STYLES)
"""What a mark can be."""


@dataclass(frozen=True)
class Mark:
    """One thing at an instant: `lane` and `words` are plain text, `kind` one of `KINDS`."""

    lane: str
    kind: str
    at: datetime
    words: str


@dataclass(frozen=True)
class Span:
    """The conversation looked at: from its start to its end, and when the AI first answered."""

    since: datetime
    until: datetime
    answered_at: datetime | None


def timeline_figure(
    marks: Sequence[Mark],
    lanes: Sequence[str],
    here: Span,
    window: tuple[datetime, datetime],
    time_zone: str,
) -> Figure:
    """`lanes` from top to bottom; it opens on `window` and can be dragged from there.

    Times are drawn in `time_zone`. Texts are escaped: Plotly would read markup in them.
    """
    zone = ZoneInfo(time_zone)

    def local(instant: datetime) -> str:
        return instant.astimezone(zone).replace(tzinfo=None).isoformat(timespec="milliseconds")

    data = [
        {
            "type": "scatter", "mode": "markers", "marker": _STYLES[kind],
            "x": [local(mark.at) for mark in marks if mark.kind == kind],
            "y": [_text(mark.lane) for mark in marks if mark.kind == kind],
            "text": [_text(mark.words) for mark in marks if mark.kind == kind],
            "hovertemplate": "%{text}<br>%{x|%a %-d %b, %H:%M:%S}<extra></extra>",
        }
        for kind in KINDS
        if any(mark.kind == kind for mark in marks)
    ]  # fmt: skip
    layout = {
        "height": 60 + 34 * max(len(lanes), 2),
        "margin": {"t": 22, "b": 38, "l": 10, "r": 10},
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "dragmode": "pan",
        "hovermode": "closest",
        "xaxis": {"type": "date", "range": [local(at) for at in window], "showgrid": True,
                  "nticks": 6, "tickangle": 0, "tickformatstops": _TICKS,
                  "gridcolor": "rgba(128,140,155,.22)", "zeroline": False},
        "yaxis": {"type": "category", "categoryorder": "array", "fixedrange": True,
                  "categoryarray": [_text(lane) for lane in reversed(lanes)], "automargin": True,
                  "range": [-0.6, len(lanes) - 0.4], "gridcolor": "rgba(128,140,155,.14)"},
        "shapes": _shapes(here, local),
    }  # fmt: skip
    return {"data": data, "layout": layout}


def _shapes(here: Span, local) -> list[Figure]:
    band = {
        "type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
        "x0": local(here.since), "x1": local(here.until), "line": {"width": 0},
        "fillcolor": "rgba(11,123,224,.16)",
    }  # fmt: skip
    if here.answered_at is None:
        return [band]
    answer = {
        "type": "line", "yref": "paper", "y0": 0, "y1": 1,
        "x0": local(here.answered_at), "x1": local(here.answered_at),
        "line": {"width": 1.5, "dash": "dot", "color": "#0b7be0"},
        "label": {"text": "first AI answer", "textposition": "end", "textangle": 0,
                  "xanchor": "left", "font": {"size": 11, "color": "#4a97e0"}},
    }  # fmt: skip
    return [band, answer]


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
