"""What the figures on a page hold, as the browser gets them."""

import json
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.charts.layout import decode_drilldown


def figures_on(app: AppTest) -> list[dict[str, Any]]:
    """Every Plotly figure of the page, in order."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def links_behind(app: AppTest) -> list[str]:
    """The link of every mark that has one."""
    marks = (
        decode_drilldown(mark)
        for figure in figures_on(app)
        for trace in figure["data"]
        for mark in trace.get("customdata") or []
    )
    return [mark[0] for mark in marks if mark and mark[0]]


def texts_drawn(app: AppTest) -> list[str]:
    """Every text that Plotly draws, and would read markup in: all but what a mark carries for a click."""
    return [text for figure in figures_on(app) for text in _texts(figure)]


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, dict):
        for key, each in part.items():
            if key != "customdata":
                yield from _texts(each)
