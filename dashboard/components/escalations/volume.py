"""A metric over time vs. its expected range: the same hours of the week in the previous six weeks."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from dashboard.charts.layout import encode_drilldown
from dashboard.charts.normal import NormalPoint, normal_figure
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.tables import say
from dashboard.metrics.formatting import instant_words, range_text, value_text
from dashboard.metrics.registry import METRICS
from dashboard.postgres.read import FrameRow
from dashboard.query.measure import questions
from dashboard.reports.escalations.against_normal import AgainstNormal, against_normal, sentence
from dashboard.reports.shared.moments import on_the_clock
from dashboard.reports.shared.normal import Normal, with_earlier_weeks
from dashboard.reports.shared.trend import bucket_end, bucket_for, can_be_drawn
from dashboard.scope import Scope

_EVERY = {
    "15min": ("quarter hour", timedelta(minutes=15)),
    "hour": ("hour", timedelta(hours=1)),
    "day": ("day", timedelta(days=1)),
    "week": ("week", timedelta(weeks=1)),
}
_STATES = {
    "normal": "within expected range",
    "above": "above expected range, significant",
    "below": "below expected range, significant",
    "unclear": "outside expected range, not significant",
    "few": "outside expected range, sample too small",
}


def ask_volume(context: PageContext, key: str) -> AgainstNormal:
    """One metric over time vs. its expected range."""
    return context.ask("volume", lambda s: against_normal(key, s), key)


def draw_volume(context: PageContext, key: str) -> None:
    """The panel of one metric, by the bucket that fits the window."""
    metric, scope = METRICS[key], context.scope()
    bucket = bucket_for(scope.length)
    every, length = _EVERY[bucket]
    statements = {
        f"{fact}{more}": question
        for scopes, more in (
            ([scope], ""),
            (with_earlier_weeks(scope), ", with the previous six weeks"),
        )
        for fact, question in questions([key], scopes, (), bucket).items()
    }
    with panel(f"{metric.label} by {every} vs. expected range", [key], statements):
        found = ask_volume(context, key)
        if found.rows["value"].isna().all() or not found.rows["n"].sum():
            st.caption("No data in this period.")
            return
        say(sentence(found, scope, every))
        pairs = list(zip(found.rows.itertuples(), found.normals, strict=True))
        pairs = [pair for pair in pairs if can_be_drawn(metric, pair[0])] or pairs
        points = [_point(context, found, row, normal, scope) for row, normal in pairs]
        changes = found.changes.assign(
            changed_at=[on_the_clock(at, scope.time_zone) for at in found.changes["changed_at"]]
        )
        clickable(normal_figure(points, metric.unit, length, changes), f"volume {key}")
        st.caption(_legend(found))


def _legend(found: AgainstNormal) -> str:
    words = []
    if found.has_band:
        words.append(
            "Pale band: expected range (lowest to highest value at the same time in the previous six weeks). "
            "▲ ▼ Significantly outside."
        )
    if not found.changes.empty:
        words.append("◆ Team change; hover for details.")
    return " ".join(words)


def _point(
    context: PageContext, found: AgainstNormal, row: FrameRow, normal: Normal, scope: Scope
) -> NormalPoint:
    metric = found.metric
    since = max(row.bucket, scope.since)
    until = bucket_end(row.bucket, list(found.rows["bucket"]), scope)
    inside = replace(context.page_scope, length=None, since=since, until=until)
    tone = ""
    if normal.state in ("above", "below") and metric.good != "neither":
        tone = "worse" if normal.is_worse(metric) else "better"
    when = instant_words(row.bucket, scope.time_zone)
    figure = f"{metric.label} {value_text(metric.unit, row.value)}, n {int(row.n):,}, from {when}"
    return NormalPoint(
        at=on_the_clock(row.bucket, scope.time_zone),
        value=None if pd.isna(row.value) else float(row.value),
        low=normal.low,
        high=normal.high,
        state=normal.state,
        tone=tone,
        is_whole=row.is_whole,
        hover="<br>".join(_hover(found, row, normal, when)),
        mark=encode_drilldown(conversations_link(inside, metric.key), figure),
    )


def _hover(found: AgainstNormal, row: FrameRow, normal: Normal, when: str) -> list[str]:
    unit, (every, _) = found.metric.unit, _EVERY[found.bucket]
    lines = [
        f"{when}, {'full' if row.is_whole else 'partial'} {every}",
        f"<b>{value_text(unit, row.value)}</b>, n {int(row.n):,}",
    ]
    if not pd.isna(row.low):
        lines.append(f"95 % {range_text(unit, row.low, row.high)}")
    if normal.band:
        expected = range_text(unit, *normal.band)
        lines.append(f"expected {expected}: {_STATES.get(normal.state, 'no data')}")
    return lines
