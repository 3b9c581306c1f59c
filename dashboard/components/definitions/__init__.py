"""The glossary, straight from the registry, and the SQL of any metric."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from dashboard.components.shared.choices import url_select_optional
from dashboard.metrics.facts import FACTS
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS
from dashboard.postgres.sql_text import sql_text
from dashboard.query.measure import questions
from dashboard.scope import Scope
from dashboard.settings import settings

_UNITS = {
    "count": "a count",
    "share": "a share, shown in per cent, with its 95 % Wilson interval",
    "per 100": "per 100, with a 95 % Poisson interval",
    "seconds": "a time",
    "milliseconds": "a time in milliseconds",
    "score": "a score, with its 95 % interval",
}
_GOOD = {"up": "Higher is better", "down": "Lower is better", "neither": "Neither way is better"}
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


def _show_metric(metric: Metric) -> None:
    with st.container(border=True):
        st.markdown(f"**{metric.label}** &nbsp; `{metric.key}`")
        st.markdown(metric.formula + ".")
        facts = "; ".join(
            f"{FACTS[key].row}s, dated by the {FACTS[key].dated_by}" for key in metric.facts
        )
        breakdowns = ", ".join(dimension.label.lower() for dimension in metric.dimensions)
        st.caption(
            f"Counts {metric.numerator} of {metric.denominator}. "
            if metric.numerator != metric.denominator
            else f"Taken over {metric.denominator}. "
        )
        st.caption(
            f"Left out: {metric.excludes[0].lower()}{metric.excludes[1:]}. Rows: {facts}. "
            f"Unit: {_UNITS[metric.unit]}. {_GOOD[metric.good]}. A change is marked from "
            f"n = {metric.minimum_n} on. Can be broken down by {breakdowns}."
        )


def _show_sql() -> None:
    """The SQL of any metric, over the last week, as every page would send it to the facts."""
    labels = {key: metric.label for key, metric in METRICS.items()}
    key = url_select_optional("sql", labels, "SQL of a metric")
    if key is None:
        return
    scope = Scope.last(_WEEK, datetime.now(UTC), settings().reporting_time_zone)
    for fact, question in questions([key], [scope]).items():
        st.caption(f"Over {FACTS[fact].row}s, dated by the {FACTS[fact].dated_by}.")
        st.code(sql_text(question.statement), language="sql", height=420)
