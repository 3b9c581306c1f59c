"""The filter for calls, and the figures over time: combined, or by system."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.charts.layout import encode_drilldown
from dashboard.charts.trend import lines_figure
from dashboard.components.api_errors.latency import ask_latency
from dashboard.components.api_errors.links import without_calls
from dashboard.components.shared.choices import selected, url_multiselect, url_radio
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.plain_text import as_html, as_line
from dashboard.components.shared.trends import ask_trend, draw_trend
from dashboard.metrics.formatting import instant_words, value_text
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS, trends_on
from dashboard.query.measure import questions
from dashboard.reports.shared.moments import on_the_clock
from dashboard.reports.shared.trend import Trend, bucket_end, bucket_for, trend
from dashboard.scope import Scope

_FIRST = ("api_error_rate", "unrecovered_error_rate", "failed_spans", "silent_failures")
_LABELS = trends_on("api_errors", first=_FIRST)
_LINES = {"together": "All systems", "system": "By system"}
_BY_SYSTEM = ("system",)
_MOST_SYSTEMS = 6
_FEWEST_CALLS = 10
_PIXELS = 230


def ask_calls(context: PageContext) -> pd.DataFrame:
    """Every system and tool of the window, ignoring the filter for calls."""
    return ask_latency(replace(context, page_scope=without_calls(context.page_scope)))


def draw_call_filters(context: PageContext) -> None:
    """System and tool, kept in the link; every figure of the page follows."""
    known = ask_calls(context)
    chosen = dict(context.page_scope.filters)
    systems = chosen.get("system", ())
    names = known if not systems else known[known["system"].isin(systems)]
    count = sum(len(chosen.get(key, ())) for key in ("system", "name"))
    with st.popover(f"Calls · {count}" if count else "Calls", icon=":material/filter_alt:"):
        for key, label, values in (
            ("system", "System", known["system"]),
            ("name", "Tool or endpoint", names["name"]),
        ):
            url_multiselect(key, sorted(set(values)), label)


def prefetch_figures() -> Callable[[PageContext], Trend]:
    """What `draw_figures_over_time` will ask, to begin with."""
    key, lines = selected("shown", _LABELS), selected("lines", _LINES)
    return lambda context: (
        ask_trend(context, key) if lines == "together" else _ask_by_system(context, key)
    )


def _ask_by_system(context: PageContext, key: str) -> Trend:
    return context.ask("trend by system", lambda s: trend([key], s, _BY_SYSTEM), key)


def draw_figures_over_time(context: PageContext) -> None:
    """One figure over the window, the team's changes marked."""
    with st.container(horizontal=True, vertical_alignment="center"):
        key = url_radio("shown", _LABELS)
        lines = url_radio("lines", _LINES)
    if lines == "together":
        draw_trend(context, key, height=_PIXELS)
    else:
        _draw_by_system(context, METRICS[key])


def _draw_by_system(context: PageContext, metric: Metric) -> None:
    scope = context.scope()
    queries = questions([metric.key], [scope], _BY_SYSTEM, bucket_for(scope.length))
    with panel(f"{metric.label} by system", [metric.key], queries):
        found = _ask_by_system(context, metric.key)
        if found.figures.empty:
            st.caption("No data in this period.")
            return
        ranked = _ranked(metric, found.figures)
        series = [
            _series(context, metric, found, system, scope) for system in ranked[:_MOST_SYSTEMS]
        ]
        at = [on_the_clock(at, scope.time_zone) for at in found.changes["changed_at"]]
        changes = found.changes.assign(changed_at=at)
        clickable(lines_figure(series, metric.unit, changes, _PIXELS), f"by system {metric.key}")
        words = (
            f"Showing the {_MOST_SYSTEMS} of {len(ranked)} systems with the most {_most(metric)}. "
        )
        words = words if len(ranked) > _MOST_SYSTEMS else ""
        if metric.unit == "share":
            words += f"Excludes points with fewer than {_FEWEST_CALLS} calls. "
        st.caption(f"{words}◆ Team change; hover for details.")


def _most(metric: Metric) -> str:
    return "timed calls" if metric.unit == "milliseconds" else metric.numerator


def _ranked(metric: Metric, rows: pd.DataFrame) -> list[str]:
    weight = "n" if metric.unit == "milliseconds" else "numerator"
    sums = pd.to_numeric(rows[weight]).groupby(rows["system"]).sum()
    return list(sums.sort_values(ascending=False, kind="stable").index)


def _series(
    context: PageContext, metric: Metric, found: Trend, system: str, scope: Scope
) -> tuple[str, pd.DataFrame, list[str], list[str]]:
    """A line: its name, its rows (a bucket without calls is a gap, without failures it is 0)."""
    rows = found.figures[found.figures["system"] == system].set_index("bucket")
    starts = sorted(set(found.figures["bucket"]))
    rows = rows.reindex(starts).reset_index(names="bucket")
    rows["n"] = rows["n"].fillna(0)
    if metric.unit == "share":
        rows["value"] = pd.to_numeric(rows["value"]).where(rows["n"] >= _FEWEST_CALLS)
    if metric.unit == "count":
        rows["value"] = pd.to_numeric(rows["value"]).fillna(0)
    name = as_line(system)
    words = [
        f"{name}: {value_text(metric.unit, row.value)}, n {int(row.n):,}, "
        f"from {instant_words(row.bucket, scope.time_zone)}"
        for row in rows.itertuples()
    ]
    points = [
        encode_drilldown(_link(context, metric, system, start, starts, scope), text)
        for start, text in zip(rows["bucket"], words, strict=True)
    ]
    rows["bucket"] = [on_the_clock(start, scope.time_zone) for start in starts]
    return as_html(name), rows, [as_html(text) for text in words], points


def _link(
    context: PageContext,
    metric: Metric,
    system: str,
    start: datetime,
    starts: list[datetime],
    scope: Scope,
) -> str:
    since, until = max(start, scope.since), bucket_end(start, starts, scope)
    inside = replace(context.page_scope, length=None, since=since, until=until).where(
        "system", system
    )
    return conversations_link(inside, metric.key)
