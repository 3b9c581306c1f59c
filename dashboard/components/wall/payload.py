"""The wall as the browser gets it: texts, links and figures, nothing left to compute."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.charts.wall import per_hour, sparkline
from dashboard.components.shared.links import conversations_link
from dashboard.components.wall.rows import (
    at_risk_rows,
    freshness_rows,
    silent_failures,
    system_rows,
)
from dashboard.metrics.formatting import (
    clock_words,
    count_text,
    duration_text,
    length_words,
    range_text,
    value_text,
)
from dashboard.metrics.registry import find_metric
from dashboard.metrics.value_words import value_words
from dashboard.reports.shared.normal import stands_out
from dashboard.reports.shared.periods import period_words
from dashboard.reports.wall.wall import RATINGS_WINDOW, TREND, Wall
from dashboard.scope_url import OpenScope

Tile = dict[str, Any]

_STATES = {
    "normal": "As expected",
    "unclear": "Not significant",
    "above": "Above expected",
    "below": "Below expected",
    "few": "Small sample",
    "no history": "No history yet",
    "unknown": "No data",
}
_HANDLED_BY = ("ai only", "ai and human", "human only")
# The facts a tile's figure rests on; when one of them is old, so is the figure.
_RESTS_ON = {
    "api_error_rate": ("spans",),
    "accounts_at_risk": ("spans", "conversations"),
}


def payload(wall: Wall, page_scope: OpenScope) -> dict[str, Any]:
    """Everything the wall's component draws. `page_scope` is what its links are made of."""
    window = length_words(wall.scope.length) if page_scope.length else period_words(wall.scope)
    return {
        "tiles": {
            "containment": _share_tile(
                wall, page_scope, "containment_rate", window, _containment_lines
            ),
            "resolution": _share_tile(
                wall, page_scope, "resolution_rate", window, _resolution_lines
            ),
            "csat": _csat_tile(wall, page_scope),
            "errors": _share_tile(wall, page_scope, "api_error_rate", window, _error_lines),
            "escalations": _escalations_tile(wall, page_scope, window),
            "waiting": _waiting_tile(wall, page_scope, window),
            "at_risk": _risk_tile(wall, page_scope),
        },
        "systems": system_rows(wall, page_scope),
        "silent": silent_failures(wall, page_scope),
        "freshness": freshness_rows(wall),
        # A change means nothing while the newest hours are missing.
        "story": None if any(found.is_stale for found in wall.freshness) else wall.story,
        "window": window,
        "excluded": int(wall.total("excluded_episodes").value),
        "trend_words": length_words(TREND),
    }


def _tile(wall: Wall, key: str, window: str, link: str, lines: list[str]) -> Tile:
    metric, normal = find_metric(key), wall.figures[key]
    number, _, unit = value_text(metric.unit, normal.value).partition(" ")
    if metric.unit in ("seconds", "milliseconds"):
        number, unit = value_text(metric.unit, normal.value), ""
    expected = None
    if normal.band:
        expected = f"expected {range_text(metric.unit, *normal.band)}"
    marked = normal.state in ("above", "below")
    state = ("worse" if normal.is_worse(metric) else "better") if marked else normal.state
    words = _STATES[normal.state]
    if old := _stale_sources(wall, _RESTS_ON.get(key, ("conversations",))):
        state, words, marked = "stale", f"Stale data: {', '.join(old)}", False
    return {
        "label": metric.label,
        "window": window,
        "value": number,
        "unit": unit,
        "expected": expected,
        "state": state,
        "direction": normal.state if marked else "",
        "state_words": words,
        "lines": lines,
        "link": link,
        "definition": f"{metric.description} {metric.exclusions}",
    }


def _stale_sources(wall: Wall, relations: tuple[str, ...]) -> list[str]:
    return [f.source for f in wall.freshness if f.is_stale and f.relation in relations]


def _share_tile(
    wall: Wall,
    page_scope: OpenScope,
    key: str,
    window: str,
    lines: Callable[[Wall], list[str]],
) -> Tile:
    link = conversations_link(page_scope, key)
    tile = _tile(wall, key, window, link, lines(wall))
    now, band = _trend(wall, key)
    tile["figure"] = sparkline(now, band, "share")
    return tile


def _containment_lines(wall: Wall) -> list[str]:
    total = wall.total("containment_rate")
    escalated = int(total.denominator - total.numerator)
    return [f"{count_text(int(total.n), 'episode')}, {escalated:,} escalated"]


def _resolution_lines(wall: Wall) -> list[str]:
    confirmed, durable = wall.total("confirmed_share"), wall.total("durable_resolution_rate_24h")
    lines = [
        f"{count_text(int(wall.total('resolution_rate').n), 'episode')}, "
        f"{value_text('share', confirmed.value)} of resolved confirmed"
    ]
    if not pd.isna(durable.least):
        lines.append(
            f"Durable 24 h: provisional, {range_text('share', durable.least, durable.most)}"
        )
    return lines


def _error_lines(wall: Wall) -> list[str]:
    spans, lost = wall.total("api_error_rate"), wall.total("unrecovered_error_rate")
    return [
        f"{count_text(int(spans.n), 'span')}, {int(spans.numerator):,} failed",
        f"{value_text('share', lost.value)} after retries",
    ]


def _csat_tile(wall: Wall, page_scope: OpenScope) -> Tile:
    total, mean = wall.total("csat"), wall.total("csat_mean")
    response = wall.total("csat_response_rate")
    length = max(RATINGS_WINDOW, wall.scope.length)
    lines = [
        f"{count_text(int(total.n), 'rating')}, mean {value_text('score', mean.value)}, "
        f"response {value_text('share', response.value)}"
    ]
    wide = replace(page_scope, length=length) if page_scope.length else page_scope
    link = conversations_link(wide, "csat", dating="event")
    tile = _tile(wall, "csat", length_words(length), link, lines)
    handled = {row.handled_by: row for row in wall.handled_by.itertuples() if row.n}
    tile["parts"] = [
        {
            "name": value_words("handled_by", key),
            "value": value_text("share", handled[key].value),
            "n": f"n {int(handled[key].n):,}",
            "share": float(handled[key].value),
        }
        for key in _HANDLED_BY
        if key in handled
    ]
    return tile


def _escalations_tile(wall: Wall, page_scope: OpenScope, window: str) -> Tile:
    now, band = _trend(wall, "escalations")
    hours = pd.DataFrame(
        {
            "label": [clock_words(instant, wall.scope.time_zone) for instant in now["bucket"]],
            "value": now["value"],
            "stands_out": stands_out("escalations", wall.trends, wall.known_weeks),
        }
    )
    link = conversations_link(
        replace(page_scope, length=TREND, since=None, until=None), "escalations"
    )
    tile = _tile(wall, "escalations", window, link, [])
    tile["figure"] = per_hour(hours, band)
    tile["window"] = f"{window}, bars per hour"
    return tile


def _waiting_tile(wall: Wall, page_scope: OpenScope, window: str) -> Tile:
    median, slow = wall.total("time_to_human_p50"), wall.total("time_to_human_p90")
    lines = []
    for words, figure in (("Half", median), ("9 in 10", slow)):
        if figure.n:
            known = not pd.isna(figure.value)
            text = f"answered in {duration_text(figure.value)}" if known else "not answered yet"
            lines.append(f"{words} {text}")
    lines.append(f"{count_text(int(median.n), 'handoff')}, {window}")
    link = conversations_link(page_scope, "open_handoffs")
    tile = _tile(wall, "open_handoffs", "now", link, lines)
    return tile | {"label": "Waiting for a human"}


def _risk_tile(wall: Wall, page_scope: OpenScope) -> Tile:
    link = conversations_link(page_scope, "accounts_at_risk")
    tile = _tile(wall, "accounts_at_risk", "now", link, [])
    return tile | {"rows": at_risk_rows(wall, page_scope)}


def _trend(wall: Wall, key: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The last hours of a metric, and the expected range from the same hours of the earlier weeks."""
    rows = wall.trends[wall.trends["metric"] == key]
    hours = {
        frame: part.sort_values("bucket").reset_index(drop=True)
        for frame, part in rows.groupby("frame")
    }
    now = hours[0]
    past = [hours[week]["value"] for week in range(1, wall.known_weeks + 1) if week in hours]
    weeks = pd.concat(past, axis=1) if past else pd.DataFrame(index=now.index)
    return now, pd.DataFrame({"low": weeks.min(axis=1), "high": weeks.max(axis=1)})
