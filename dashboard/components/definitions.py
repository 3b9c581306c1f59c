"""The glossary, straight from the registry, and the health of the data."""

import streamlit as st

from dashboard.components.page import answer_of
from dashboard.metrics.facts import FACTS
from dashboard.metrics.metric import Metric
from dashboard.metrics.registry import METRICS
from dashboard.warehouse.inspection import Inspection, inspect
from dashboard.warehouse.shared import shared

_UNITS = {
    "count": "a count",
    "share": "a share, shown in per cent, with its 95 % Wilson interval",
    "per 100": "per 100, with a 95 % Poisson interval",
    "seconds": "a time",
    "milliseconds": "a time in milliseconds",
    "score": "a score, with its 95 % interval",
}
_GOOD = {"up": "Higher is better", "down": "Lower is better", "neither": "Neither way is better"}
_HEALTH_SECONDS = 60.0


def show_definitions() -> None:
    """Every definition, grouped as in the registry."""
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


def show_data_health() -> None:
    """What `python -m dashboard check` reports."""
    found: Inspection = answer_of(shared("inspection", inspect, _HEALTH_SECONDS))
    if found.faults:
        st.error(f"{len(found.faults)} faults", icon=":material/error:")
        for fault in found.faults:
            st.text(fault)
    else:
        st.success("The warehouse keeps the contract.", icon=":material/check:")
    for note in found.notes:
        st.text(note)
