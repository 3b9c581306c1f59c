"""A panel: a title and its content, with definitions and SQL in a popover."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from dashboard.charts.layout import decode_drilldown
from dashboard.components.shared.page import guarded
from dashboard.components.shared.plain_text import as_html, as_markdown
from dashboard.metrics.registry import find_metric
from dashboard.query.explaining import Shown, read_from_words, shown_sql

_QUIET = {"displayModeBar": False, "scrollZoom": False}


@contextmanager
def panel(
    title: str,
    metrics: Sequence[str] = (),
    statements: Mapping[str, Shown] | None = None,
    note: str = "",
) -> Iterator[None]:
    """A framed part of a page; a failure inside it stays inside it.

    `metrics`: whose definitions it shows; `statements`: name → the question or statement behind it;
    `note`: one sentence on how to read it.
    """
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### {as_markdown(title)}", width="stretch")
            if metrics or statements:
                info_popover(title, metrics, statements or {})
        if note:
            st.caption(note)
        with guarded():
            yield


def info_popover(
    name: str, metrics: Sequence[str], statements: Mapping[str, Shown], label: str = ""
) -> None:
    """The popover with definitions and SQL; `name` is unique on the page."""
    with st.popover(label, icon=":material/info:", type="tertiary", key=f"about {name}"):
        for key in metrics:
            metric = find_metric(key)
            st.markdown(f"**{metric.label}** {metric.description} {metric.exclusions}")
        for what, shown in statements.items():
            with st.expander(f"SQL: {as_markdown(what)}"):
                if words := read_from_words(shown):
                    st.caption(as_markdown(words))
                st.code(shown_sql(shown), language="sql", height=320)


def clickable(figure: Any, key: str) -> str | None:
    """Draw a figure; a click on a point shows its value and a link to the conversations behind it.

    Returns the link of the selected point, None where none is selected or it has no link.
    """
    event = st.plotly_chart(
        figure, key=key, on_select="rerun", selection_mode="points", config=_QUIET
    )
    for point in event.selection.points[:1]:
        found = decode_drilldown(point.get("customdata"))
        if found:
            link, words = found
            drilldown_link(link, words)
            return link
    return None


def drilldown_link(link: str | None, words: str) -> None:
    """A line with the selected point and the link to its conversations."""
    if link is None:
        st.markdown(as_markdown(words))
        return
    what = "conversation" if link.startswith("conversation?") else "conversations"
    # A plain link: one step back in the browser's history leads here again.
    st.html(
        f'<p class="cr" style="margin:0">{as_html(words)} · '
        f'<a href="{as_html(link)}" target="_self">Open {what} →</a></p>'
    )
