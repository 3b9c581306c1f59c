"""The wall's figures, as plain dicts: the browser draws them in place with Plotly.

A colour that starts with `@` is a token of the wall's palette; the browser knows which theme it shows.
"""

from typing import Any

import pandas as pd

Figure = dict[str, Any]
"""A Plotly figure: `data` and `layout`, ready for JSON."""

_AXIS = {"visible": False, "fixedrange": True, "zeroline": False, "showgrid": False}


def sparkline(now: pd.DataFrame, band: pd.DataFrame, unit: str) -> Figure:
    """A line of the last hours over the band of the same hours in earlier weeks.

    `now`: `bucket`, `value`; `band`: `bucket`, `low`, `high`, aligned with it; both may hold NaN.
    """
    hours = [instant.isoformat() for instant in now["bucket"]]
    scale = 100 if unit == "share" else 1
    values = _plain(now["value"], scale)
    low, high = _plain(band["low"], scale), _plain(band["high"], scale)
    last = max((i for i, value in enumerate(values) if value is not None), default=None)
    data = [
        _edge(hours, low),
        _edge(hours, high) | {"fill": "tonexty", "fillcolor": "@band"},
        _line(hours[:-1], values[:-1]),
        # The hour that is not over has few episodes: its point is shown, but as what it is.
        _line(hours[-2:], values[-2:], dash="dot"),
    ]
    if last is not None:
        data.append(
            {
                "type": "scatter",
                "x": [hours[last]],
                "y": [values[last]],
                "mode": "markers",
                "marker": {"color": "@accent", "size": 9},
                "hoverinfo": "skip",
            }
        )
    return {"data": data, "layout": _bare({"t": 6, "b": 6, "l": 6, "r": 10})}


def per_hour(hours: pd.DataFrame, band: pd.DataFrame) -> Figure:
    """Bars for each hour against the band of the same hours in earlier weeks.

    `hours`: `label` (in the reporting time zone), `value`, `stands_out`; `band`: `low`, `high`. The
    last hour is not over and is paler.
    """
    labels = list(hours["label"])
    positions = list(range(len(labels)))
    values = _plain(hours["value"], 1)
    low, high = _plain(band["low"], 1), _plain(band["high"], 1)
    colours = ["@worse" if marked else "@accent" for marked in hours["stands_out"]]
    opacity = [1.0] * (len(values) - 1) + [0.55]
    steps = {"mode": "lines", "line": {"width": 0, "shape": "hvh"}, "hoverinfo": "skip"}
    data = [
        {"type": "scatter", "x": positions, "y": low, **steps},
        {
            "type": "scatter",
            "x": positions,
            "y": high,
            **steps,
            "fill": "tonexty",
            "fillcolor": "@band",
        },
        {
            "type": "bar",
            "x": positions,
            "y": values,
            "hoverinfo": "skip",
            "marker": {"color": colours, "opacity": opacity, "line": {"width": 0}},
        },
    ]
    layout = _bare({"t": 4, "b": 30, "l": 44, "r": 4})
    shown = positions[:: 4 if len(positions) > 12 else 1]
    layout["xaxis"] = {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "tickvals": shown,
        "ticktext": [labels[i] for i in shown],
        "color": "@muted",
    }
    layout["yaxis"] = {
        "fixedrange": True,
        "showgrid": True,
        "gridcolor": "@line",
        "zeroline": False,
        "rangemode": "tozero",
        "nticks": 4,
        "color": "@muted",
    }
    layout["bargap"] = 0.35
    return {"data": data, "layout": layout}


def _line(x: list[str], y: list[float | None], dash: str = "solid") -> Figure:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "hoverinfo": "skip",
        "line": {"color": "@accent", "width": 3, "dash": dash},
    }


def _edge(x: list[str], y: list[float | None]) -> Figure:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "hoverinfo": "skip",
        "line": {"width": 0},
        "connectgaps": True,
    }


def _bare(margin: dict[str, int]) -> Figure:
    return {
        "margin": margin,
        "showlegend": False,
        "xaxis": dict(_AXIS),
        "yaxis": dict(_AXIS),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "dragmode": False,
    }


def _plain(values: pd.Series, scale: float) -> list[float | None]:
    return [None if pd.isna(value) else round(float(value) * scale, 3) for value in values]
