"""Latency by system and tool: median and 95th percentile, drawn and as a sortable table."""

import pandas as pd
import streamlit as st

from dashboard.charts.latency import latency_figure
from dashboard.charts.layout import encode_drilldown
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.plain_text import as_html, as_line
from dashboard.metrics.formatting import value_text
from dashboard.postgres.read import FrameRow
from dashboard.query.measure import questions
from dashboard.reports.api_errors.latency import BY, METRICS, latency

_MOST_DRAWN = 14


def ask_latency(context: PageContext) -> pd.DataFrame:
    """The rows of the latency panel."""
    return context.ask("latency", latency)


def draw_latency(context: PageContext) -> None:
    """The panel; the slowest calls are drawn, the table has all."""
    queries = questions(METRICS, [context.scope()], BY)
    with panel("Latency by system and tool", METRICS, queries):
        rows = ask_latency(context)
        if rows.empty:
            st.caption("No calls in this period.")
            return
        rows = rows.assign(link=[_link(context, row) for row in rows.itertuples()])
        left, right = st.columns([1, 1], gap="medium")
        with left:
            _draw_figure(rows[rows["p95"].notna()])
        with right:
            _draw_table(rows)


def _link(context: PageContext, row: FrameRow) -> str:
    inside = context.page_scope.where("system", row.system).where("name", row.name)
    return conversations_link(inside, "latency_p95")


def _draw_figure(rows: pd.DataFrame) -> None:
    if rows.empty:
        st.caption("No timed calls in this period.")
        return
    shown = rows.head(_MOST_DRAWN)
    labels = [as_line(f"{row.system} · {row.name}") for row in shown.itertuples()]
    words = [
        f"{label}: p50 {value_text('milliseconds', row.p50)}, "
        f"p95 {value_text('milliseconds', row.p95)}, n {int(row.timed):,}"
        for label, row in zip(labels, shown.itertuples(), strict=True)
    ]
    points = [encode_drilldown(link, text) for link, text in zip(shown["link"], words, strict=True)]
    figure = latency_figure(
        [as_html(label) for label in labels],
        list(shown["p50"]),
        list(shown["p95"]),
        [as_html(text) for text in words],
        points,
    )
    clickable(figure, "latency")
    if len(rows) > _MOST_DRAWN:
        st.caption(f"Showing the {_MOST_DRAWN} slowest of {len(rows)} calls; the table lists all.")


def _draw_table(rows: pd.DataFrame) -> None:
    table = pd.DataFrame(
        {
            "System": rows["system"],
            "Tool or endpoint": rows["name"],
            "p50": rows["p50"].round(),
            "p95": rows["p95"].round(),
            "n": rows["timed"],
            "Error rate": 100 * rows["error_rate"],
            "List": rows["link"],
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        height=min(500, 38 + 35 * len(table)),
        column_config={
            "p50": number("p50, ms", format="localized"),
            "p95": number("p95, ms", format="localized"),
            "n": number("n", format="localized"),
            "Error rate": number(format="%.1f %%"),
            "List": st.column_config.LinkColumn(display_text="Open", width="small"),
        },
    )
