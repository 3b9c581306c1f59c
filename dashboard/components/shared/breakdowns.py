"""The breakdown panel: a metric by any dimension of its fact, as a chart and as a sortable table."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.charts.breakdown import breakdown_figure
from dashboard.charts.layout import encode_drilldown
from dashboard.components.shared.choices import selected, url_radio
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.plain_text import as_figure_text, as_html, as_line
from dashboard.metrics.formatting import lower_first, range_text, value_text
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS
from dashboard.metrics.value_words import value_labels, value_words
from dashboard.query.measure import questions
from dashboard.reports.shared.breakdown import MOST_SEGMENTS, Breakdown, breakdown

_FIRST = "topic"


def prefetch_breakdown(
    key: str, dating: str = "episode", state_key: str = "by", first: str = _FIRST
) -> Callable[[PageContext], Breakdown]:
    """What `draw_breakdown` will ask, to begin with."""
    by = selected(state_key, _options(key, first))
    return lambda context: _ask(context, key, by, dating)


def draw_breakdown(
    context: PageContext,
    key: str,
    dating: str = "episode",
    state_key: str = "by",
    first: str = _FIRST,
) -> None:
    """One metric broken down, by `first` unless the link, as `state_key`, names another dimension."""
    metric, options = METRICS[key], _options(key, first)
    by = selected(state_key, options)
    queries = questions([key], [context.scope()], [by], None, dating)
    with panel(f"{metric.label} by {lower_first(options[by])}", [key], queries):
        url_radio(state_key, options)
        found = _ask(context, key, by, dating)
        if found.rows.empty:
            st.caption("No data in this period.")
            return
        left, right = st.columns([3, 2], gap="medium")
        links = [_link(context, key, by, segment, dating) for segment in found.rows[by]]
        with left:
            _draw_figure(metric, found, links, f"breakdown {key} {by}")
        with right:
            _draw_table(metric, options[by], found, links)


def _options(key: str, first: str) -> dict[str, str]:
    known = {dimension.key: dimension.label for dimension in METRICS[key].dimensions}
    order = [first] if first in known else []
    return {name: known[name] for name in dict.fromkeys((*order, *known))}


def _ask(context: PageContext, key: str, by: str, dating: str) -> Breakdown:
    return context.ask("breakdown", lambda s: breakdown(key, s, by, dating), key, by, dating)


def _link(context: PageContext, key: str, by: str, segment: str | None, dating: str) -> str:
    inside = context.page_scope.where(by, segment)
    return conversations_link(inside, key, dating="event" if dating == "event" else None)


def _draw_figure(metric: Metric, found: Breakdown, links: list[str], key: str) -> None:
    shown = found.rows.head(MOST_SEGMENTS)
    labels = value_labels(found.by, shown[found.by])
    shown = shown.assign(label=[as_line(labels[segment]) for segment in shown[found.by]])
    hover = [f"<b>{as_html(row.label)}</b><br>{_words(metric, row)}" for row in shown.itertuples()]
    points = [
        encode_drilldown(link, f"{row.label}: {_words(metric, row)}")
        for row, link in zip(shown.itertuples(), links, strict=False)
    ]
    whole = None if metric.unit == "count" else float(found.whole["value"])
    drawn = shown.assign(label=[as_figure_text(label) for label in shown["label"]])
    clickable(breakdown_figure(drawn, metric.unit, hover, points, whole), key)
    if len(found.rows) > MOST_SEGMENTS:
        st.caption(
            f"Showing the {MOST_SEGMENTS} largest of {len(found.rows):,}; the table lists all."
        )


def _words(metric: Metric, row: pd.Series) -> str:
    words = f"{value_text(metric.unit, row.value)}, n {int(row.n):,}"
    if not pd.isna(row.low):
        words += f", 95 % {range_text(metric.unit, row.low, row.high)}"
    return words


def _draw_table(metric: Metric, label: str, found: Breakdown, links: list[str]) -> None:
    rows = found.rows
    scale = 100 if metric.unit == "share" else 1
    number = {"share": "%.1f %%", "count": "%d"}.get(metric.unit, "%.1f")
    table = pd.DataFrame(
        {
            label: [value_words(found.by, segment) for segment in rows[found.by]],
            metric.label: pd.to_numeric(rows["value"]) * scale,
            "n": pd.to_numeric(rows["n"]),
            "95 % low": pd.to_numeric(rows["low"]) * scale,
            "95 % high": pd.to_numeric(rows["high"]) * scale,
            "List": links,
        }
    )
    if table["95 % low"].isna().all():
        table = table.drop(columns=["95 % low", "95 % high"])
    shown = {
        name: st.column_config.NumberColumn(format=number)
        for name in (metric.label, "95 % low", "95 % high")
        if name in table
    }
    st.dataframe(
        table,
        hide_index=True,
        height=min(420, 38 + 35 * len(table)),
        column_config=shown
        | {
            "n": st.column_config.NumberColumn(format="%d"),
            "List": st.column_config.LinkColumn(display_text="Open", width="small"),
        },
    )
