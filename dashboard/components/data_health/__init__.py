"""Data health: the contract, freshness by source, excluded conversations, unmatched values."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page import answer_of
from dashboard.components.shared.panel import panel
from dashboard.components.shared.tables import Cell, Column, draw_table, load_table_style
from dashboard.metrics.formatting import age_text, count_text, length_words
from dashboard.postgres.inspection import Inspection
from dashboard.query.cache import cached
from dashboard.query.measure import questions
from dashboard.reports.data_health.data_health import (
    LATELY,
    WINDOW,
    DataHealth,
    Unmatched,
    data_health,
    unmatched_statement,
)
from dashboard.rollups.failures import WHAT_TO_DO, RollupFailure, rollup_failures
from dashboard.rollups.inspection import inspect_all
from dashboard.scope import Scope, filter_text
from dashboard.scope_url import OpenScope
from dashboard.settings import settings

_SECONDS = 60.0
_LATELY = f"the {length_words(LATELY)}"
_KINDS = {
    "topic": ("Episodes without a topic, by source", "episodes"),
    "version": ("Agent versions without a team change", "episodes"),
    "reason": ("Handoffs without a reason, or unclassified", "handoffs"),
    "account": ("Conversations of unknown accounts, by source", "conversations"),
    "conversation": (
        f"Calls of unknown conversations, by system, {_LATELY}",
        "spans",
    ),
    "article": (f"Citations of unknown articles, {_LATELY}", "citations"),
}


def show_data_health() -> None:
    """Draw every panel; a failure in one does not affect the others."""
    load_table_style()
    zone = settings().reporting_time_zone
    scope = Scope.last(WINDOW, datetime.now(UTC), zone)
    queries = questions(["excluded_episodes"], [scope], ["source"])
    found = cached("data health", lambda: data_health(scope), _SECONDS)
    with panel("Contract", note="As reported by `python -m dashboard check`."):
        _draw_contract(answer_of(cached("inspection", inspect_all, _SECONDS)))
    failing = answer_of(cached("rollup failures", rollup_failures, _SECONDS))
    if failing:
        with panel("Rollups that fail", note=WHAT_TO_DO):
            _draw_failures(failing)
    with panel("Freshness by source"):
        _draw_freshness(answer_of(found))
    with panel(
        "Excluded conversations",
        ["excluded_episodes"],
        queries,
        "Last 28 days. Excluded from every other figure.",
    ):
        _draw_excluded(answer_of(found))
    with panel(
        "Unmatched values",
        (),
        {"unmatched values": unmatched_statement(scope)},
        "Last 28 days. Values that are unknown, or refer to something that is not in the warehouse.",
    ):
        _draw_unmatched(answer_of(found).unmatched)


def _draw_contract(found: Inspection) -> None:
    if found.faults:
        st.error(count_text(len(found.faults), "fault"), icon=":material/error:")
        for fault in found.faults:
            st.text(fault)
    else:
        st.success("The warehouse matches the contract.", icon=":material/check:")
    for note in found.notes:
        st.text(note)


def _draw_failures(failing: list[RollupFailure]) -> None:
    zone = ZoneInfo(settings().reporting_time_zone)
    draw_table(
        [Column("Rollup group"), Column("Since"), Column("Day"), Column("What the server says")],
        [
            [
                Cell(one.group),
                Cell(f"{one.since.astimezone(zone):%Y-%m-%d %H:%M}"),
                Cell(f"{one.day.astimezone(zone):%Y-%m-%d}"),
                Cell(one.message),
            ]
            for one in failing
        ],
    )


def _draw_freshness(found: DataHealth) -> None:
    if not found.freshness:
        st.caption("No data loaded yet.")
        return
    draw_table(
        [
            Column("Source"),
            Column("Loaded by"),
            Column("Data"),
            Column("Newest event", True),
            Column("Newest load", True),
            Column("State"),
        ],
        [
            [
                Cell(found.feeds[one.source].label),
                Cell(found.feeds[one.source].loaded_by or "–"),
                Cell(one.relation),
                Cell(_age(one.event_age)),
                Cell(_age(one.load_age)),
                Cell("Stale" if one.is_stale else "Up to date"),
            ]
            for one in found.freshness
        ],
    )


def _age(age: timedelta | None) -> str:
    return "never" if age is None else age_text(age.total_seconds())


def _draw_excluded(found: DataHealth) -> None:
    counts = found.excluded.pivot(index="source", columns="metric", values="value").fillna(0)
    if counts.empty:
        st.caption("No conversations in the last 28 days.")
        return
    asked = OpenScope(WINDOW, time_zone=found.scope.time_zone)
    draw_table(
        [Column("Source"), Column("Excluded", True), Column("Episodes", True)],
        [
            [
                Cell(
                    found.feeds[source].label if source in found.feeds else filter_text(source),
                    link=conversations_link(asked.where("source", source), "excluded_episodes"),
                ),
                Cell(f"{row.get('excluded_episodes', 0):,.0f}"),
                Cell(f"{row.get('episodes', 0):,.0f}"),
            ]
            for source, row in counts.iterrows()
        ],
    )


def _draw_unmatched(found: list[Unmatched]) -> None:
    if not found:
        st.caption("None. All values are known.")
        return
    for kind, (title, unit) in _KINDS.items():
        rows = [one for one in found if one.kind == kind]
        if rows:
            st.markdown(f"**{title}**")
            draw_table(
                [Column("Value"), Column(unit.capitalize(), True)],
                [[Cell(one.value), Cell(f"{one.rows:,}")] for one in rows],
            )
