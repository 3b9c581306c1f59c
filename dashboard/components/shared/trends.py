"""The trend panel: a metric over time; every point links to its conversations."""

from dataclasses import replace
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard.charts.layout import encode_drilldown
from dashboard.charts.trend import trend_figure
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.metrics.formatting import instant_words, range_text, value_text
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS
from dashboard.query.measure import questions
from dashboard.reports.shared.moments import on_the_clock
from dashboard.reports.shared.trend import Trend, bucket_end, bucket_for, can_be_drawn, trend
from dashboard.scope import Scope

_EVERY = {"15min": "quarter hour", "hour": "hour", "day": "day", "week": "week"}


def ask_trend(context: PageContext, key: str, dating: str = "episode") -> Trend:
    """One metric over the window."""
    return context.ask("trend", lambda s: trend([key], s, dating=dating), key, dating)


def draw_trend(context: PageContext, key: str, dating: str = "episode", height: int = 280) -> None:
    """One metric over the page's window, with the team's changes marked."""
    metric, scope = METRICS[key], context.scope()
    bucket = bucket_for(scope.length)
    queries = questions([key], [scope], (), bucket, dating)
    title = f"{metric.label} by {_EVERY[bucket]}"
    with panel(title, [key], queries):
        found = ask_trend(context, key, dating)
        if found.figures["n"].sum() == 0:
            st.caption("No data in this period.")
            return
        starts = list(found.figures["bucket"])
        rows = found.figures
        rows = rows[[can_be_drawn(metric, row) for row in rows.itertuples()]]
        if rows.empty:
            rows = found.figures
        hover = [_hover(metric, row, scope, found) for row in rows.itertuples()]
        points = [
            encode_drilldown(
                _bucket_link(context, key, row.bucket, starts, scope, dating),
                _point_words(metric, row, scope),
            )
            for row in rows.itertuples()
        ]
        clickable(
            trend_figure(
                _on_the_clock(rows, "bucket", scope),
                metric.unit,
                hover,
                points,
                _on_the_clock(found.changes, "changed_at", scope),
                height,
            ),
            f"trend {key} {dating}",
        )
        if not found.changes.empty:
            st.caption("◆ Team change; hover for details.")


def _on_the_clock(rows: pd.DataFrame, column: str, scope: Scope) -> pd.DataFrame:
    return rows.assign(**{column: [on_the_clock(at, scope.time_zone) for at in rows[column]]})


def _bucket_link(
    context: PageContext,
    key: str,
    start: datetime,
    starts: list[datetime],
    scope: Scope,
    dating: str,
) -> str:
    since = max(start, scope.since)
    until = bucket_end(start, starts, scope)
    inside = replace(context.page_scope, length=None, since=since, until=until)
    return conversations_link(inside, key, dating="event" if dating == "event" else None)


def _point_words(metric: Metric, row: pd.Series, scope: Scope) -> str:
    when = instant_words(row.bucket, scope.time_zone)
    return f"{metric.label} {value_text(metric.unit, row.value)}, n {int(row.n):,}, from {when}"


def _hover(metric: Metric, row: pd.Series, scope: Scope, found: Trend) -> str:
    lines = [
        f"{instant_words(row.bucket, scope.time_zone)}, "
        f"{'full' if row.is_whole else 'partial'} {_EVERY[found.bucket]}",
        f"<b>{value_text(metric.unit, row.value)}</b>, n {int(row.n):,}",
    ]
    if not pd.isna(row.low):
        lines.append(f"95 % {range_text(metric.unit, row.low, row.high)}")
    if not pd.isna(row.least):
        lines.append(f"provisional, final range {range_text(metric.unit, row.least, row.most)}")
    return "<br>".join(lines)
