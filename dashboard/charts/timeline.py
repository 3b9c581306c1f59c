"""A customer's timeline as a Plotly figure: a lane for each system, for conversations, for changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.charts.layout import encode_drilldown
from dashboard.charts.palette import ACCENT, BETTER, MUTED, WORSE

Figure = dict[str, Any]

_STYLES = {
    "failed": {"symbol": "x", "size": 12, "color": "#e0701e", "line": {"width": 0}},
    "recovered": {"symbol": "x-open", "size": 11, "color": "#e0a06a", "line": {"width": 2}},
    "succeeded": {"symbol": "line-ns-open", "size": 10, "color": "#8593a3", "line": {"width": 1.5}},
    "change": {"symbol": "diamond", "size": 11, "color": "#8a63d2", "line": {"width": 0}},
    "conversation": {"symbol": "circle", "size": 10, "color": "#6aa3dd", "line": {"width": 0}},
    "this": {"symbol": "circle", "size": 14, "color": "#0b7be0", "line": {"width": 0}},
    # Conversations by outcome, in the shapes that they have in a list.
    "confirmed": {"symbol": "circle", "size": 10, "color": BETTER, "line": {"width": 0}},
    "assumed": {"symbol": "circle", "size": 9, "color": "#6aa3dd", "line": {"width": 0}},
    "escalated": {"symbol": "triangle-up", "size": 11, "color": WORSE, "line": {"width": 0}},
    "abandoned": {"symbol": "x-thin-open", "size": 9, "color": WORSE, "line": {"width": 2}},
    "pending": {"symbol": "circle-open", "size": 10, "color": ACCENT, "line": {"width": 2}},
    "ambiguous": {"symbol": "diamond-open", "size": 9, "color": MUTED, "line": {"width": 2}},
    "handoff": {"symbol": "square", "size": 8, "color": MUTED, "line": {"width": 0}},
    "waiting": {"symbol": "square-open", "size": 11, "color": WORSE, "line": {"width": 3}},
    "high": {"symbol": "star", "size": 11, "color": BETTER, "line": {"width": 0}},
    "middle": {"symbol": "star", "size": 11, "color": MUTED, "line": {"width": 0}},
    "low": {"symbol": "star", "size": 11, "color": WORSE, "line": {"width": 0}},
}
_HALF_A_DAY_MS = 43_200_000
_TICKS = [
    {"dtickrange": [None, _HALF_A_DAY_MS], "value": "%H:%M\n%-d %b"},
    {"dtickrange": [_HALF_A_DAY_MS, None], "value": "%a %-d %b"},
]
_INSTANT = "%{x|%a %-d %b, %H:%M:%S}"

KINDS = tuple(_STYLES)
"""What a mark can be."""


@dataclass(frozen=True)
class Mark:
    """One thing at an instant: `lane` and `words` are plain text, `kind` one of `KINDS`.

    `count`: how many things it stands for; more of them are drawn larger. `when`: shown instead of the
    instant where they happened in a longer time. `link` leads to the conversations behind it; None in a
    figure whose marks lead nowhere.
    """

    lane: str
    kind: str
    at: datetime
    words: str
    link: str | None = None
    count: int = 1
    when: str | None = None


@dataclass(frozen=True)
class Span:
    """The conversation looked at: from its start to its end, and when the AI first answered."""

    since: datetime
    until: datetime
    answered_at: datetime | None


def timeline_figure(
    marks: Sequence[Mark],
    lanes: Sequence[str],
    here: Span | None,
    window: tuple[datetime, datetime],
    time_zone: str,
    drag: str = "pan",
) -> Figure:
    """`lanes` from top to bottom; it opens on `window` and can be dragged from there (`drag`: pan or zoom).

    Times are drawn in `time_zone`. Texts are escaped: Plotly would read markup in them.
    """
    zone = ZoneInfo(time_zone)

    def local(instant: datetime) -> str:
        return instant.astimezone(zone).replace(tzinfo=None).isoformat(timespec="milliseconds")

    data = [
        _drawn(kind, [mark for mark in marks if mark.kind == kind], local)
        for kind in KINDS
        if any(mark.kind == kind for mark in marks)
    ]
    layout = {
        "height": 60 + 34 * max(len(lanes), 2),
        "margin": {"t": 22, "b": 38, "l": 10, "r": 10},
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "dragmode": drag,
        "hovermode": "closest",
        "clickmode": "event+select" if any(mark.link for mark in marks) else "event",
        "xaxis": {
            "type": "date",
            "range": [local(at) for at in window],
            "showgrid": True,
            "nticks": 6,
            "tickangle": 0,
            "tickformatstops": _TICKS,
            "gridcolor": "rgba(128,140,155,.22)",
            "zeroline": False,
        },
        "yaxis": {
            "type": "category",
            "categoryorder": "array",
            "fixedrange": True,
            "categoryarray": [_text(lane) for lane in reversed(lanes)],
            "automargin": True,
            "range": [-0.6, len(lanes) - 0.4],
            "gridcolor": "rgba(128,140,155,.14)",
        },
        "shapes": _shapes(here, local) if here else [],
    }
    return {"data": data, "layout": layout}


def _drawn(kind: str, marks: Sequence[Mark], local: Callable[[datetime], str]) -> Figure:
    drawn = {
        "type": "scatter",
        "mode": "markers",
        "marker": _marker(kind, marks),
        "x": [local(mark.at) for mark in marks],
        "y": [_text(mark.lane) for mark in marks],
        "text": [_text(mark.words) for mark in marks],
        "hovertemplate": [
            f"%{{text}}<br>{_text(mark.when) if mark.when else _INSTANT}<extra></extra>"
            for mark in marks
        ],
    }
    if any(mark.link for mark in marks):
        drawn["customdata"] = [encode_drilldown(mark.link, mark.words) for mark in marks]
        drawn["unselected"] = {"marker": {"opacity": 0.4}}
    return drawn


def _marker(kind: str, marks: Sequence[Mark]) -> Figure:
    style = _STYLES[kind]
    if all(mark.count == 1 for mark in marks):
        return style
    # By area, from one to a hundred things.
    return style | {
        "size": [style["size"] * min(2.4, 0.6 + 0.18 * mark.count**0.5) for mark in marks]
    }


def _shapes(here: Span, local: Callable[[datetime], str]) -> list[Figure]:
    band = {
        "type": "rect",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "x0": local(here.since),
        "x1": local(here.until),
        "line": {"width": 0},
        "fillcolor": "rgba(11,123,224,.16)",
    }
    if here.answered_at is None:
        return [band]
    answer = {
        "type": "line",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": local(here.answered_at),
        "x1": local(here.answered_at),
        "line": {"width": 1.5, "dash": "dot", "color": "#0b7be0"},
        "label": {
            "text": "first AI answer",
            "textposition": "end",
            "textangle": 0,
            "xanchor": "left",
            "font": {"size": 11, "color": "#4a97e0"},
        },
    }
    return [band, answer]


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
