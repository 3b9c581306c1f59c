"""The glossary, straight from the registry, and the SQL of any metric."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.components.shared.choices import url_select_optional
from dashboard.components.shared.plain_text import as_markdown
from dashboard.metrics.dimensions import DIMENSIONS
from dashboard.metrics.facts import FACTS
from dashboard.metrics.formatting import lower_first
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS
from dashboard.postgres.sql_text import sql_text
from dashboard.query.measure import questions
from dashboard.scope import Scope
from dashboard.settings import settings

_UNITS = {
    "count": "a count",
    "share": "a share in per cent, with its 95 % Wilson interval",
    "per 100": "per 100, with a 95 % Poisson interval",
    "seconds": "a time",
    "milliseconds": "a time in milliseconds",
    "score": "a score, with its 95 % interval",
}
_GOOD = {"up": "Higher is better", "down": "Lower is better", "neither": "No preferred direction"}
_WEEK = timedelta(days=7)


def show_definitions() -> None:
    """Every definition, grouped as in the registry."""
    _show_sql()
    groups: dict[str, list[Metric]] = {}
    for metric in METRICS.values():
        groups.setdefault(metric.group, []).append(metric)
    for group, metrics in groups.items():
        st.subheader(group, anchor=group.lower().replace(" ", "-"))
        for metric in metrics:
            _show_metric(metric)
    _show_dimensions()


def _show_dimensions() -> None:
    """What figures are broken down and filtered by, each in a sentence."""
    st.subheader("Dimensions", anchor="dimensions")
    with st.container(border=True):
        for one in DIMENSIONS:
            st.markdown(
                f"**{as_markdown(one.label)}** &nbsp; `{one.key}` {as_markdown(one.description)}"
            )


def _show_metric(metric: Metric) -> None:
    with st.container(border=True):
        st.markdown(f"**{metric.label}** &nbsp; `{metric.key}`")
        st.markdown(metric.description)
        facts = "; ".join(
            f"{FACTS[key].row}s, dated by the {FACTS[key].dated_by}" for key in metric.facts
        )
        breakdowns = ", ".join(lower_first(dimension.label) for dimension in metric.dimensions)
        st.caption(
            f"{metric.exclusions} Rows: {facts}. Unit: {_UNITS[metric.unit]}. {_GOOD[metric.good]}. "
            f"Changes are marked from n = {metric.minimum_n}. Breakdowns: {breakdowns}."
        )


def _show_sql() -> None:
    """The SQL of any metric over the last week, as it is sent when the facts are read."""
    labels = {key: metric.label for key, metric in METRICS.items()}
    key = url_select_optional("sql", labels, "SQL of a metric")
    if key is None:
        return
    scope = Scope.last(_WEEK, datetime.now(UTC), settings().reporting_time_zone)
    for fact, question in questions([key], [scope]).items():
        st.caption(f"Over {FACTS[fact].row}s, dated by the {FACTS[fact].dated_by}.")
        st.code(sql_text(question.statement), language="sql", height=420)
