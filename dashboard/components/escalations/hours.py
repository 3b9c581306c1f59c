"""Handoffs by weekday and hour: a heat map of the mean per hour."""

from dataclasses import replace

import streamlit as st

from dashboard.charts.heat import HeatCell, heat_figure
from dashboard.charts.layout import encode_drilldown
from dashboard.components.shared.ink import ink
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.plain_text import as_html
from dashboard.components.shared.tables import say
from dashboard.metrics.formatting import count_text, instant_words
from dashboard.query.measure import questions
from dashboard.reports.escalations.hours_of_week import (
    WEEKDAYS,
    Cell,
    Hour,
    hours_of_week,
    sentence,
    window_of,
)
from dashboard.reports.shared.history import history_start
from dashboard.reports.shared.moments import moment_words
from dashboard.scope import Scope

_KEY = "escalations"
_LISTED = 8


def ask_hours(context: PageContext) -> tuple[Scope, list[Cell]]:
    """Handoffs by hour of the week, and the window they were counted over."""
    return context.ask("hours of week", lambda s: hours_of_week(_KEY, s))


def draw_hours(context: PageContext) -> None:
    """The panel; a window shorter than four weeks is extended to four, which it says."""
    scope = context.scope()
    start = context.ask("history", lambda _: history_start())
    queries = questions([_KEY], [window_of(scope, start)], (), "hour")
    with panel("Handoffs by hour of the week", [_KEY], queries):
        counted, cells = ask_hours(context)
        if not any(cell.count for cell in cells):
            st.caption("No handoffs in this period.")
            return
        say(sentence(cells))
        links = {_link(context, cell.hours[0]): cell for cell in cells}
        drawn = [_heat_cell(cell, link, counted) for link, cell in links.items()]
        picked = clickable(
            heat_figure(
                drawn,
                [f"{hour:02}" for hour in range(24)],
                [day[:3] for day in WEEKDAYS],
                ink(),
                every=3,
                row_pixels=46,
            ),
            "hours of week",
        )
        if picked in links:
            _list_hours(context, links[picked], counted)
        most = max(cell.mean for cell in cells)
        st.caption(
            f"Handoffs per hour, 0 (pale) to {most:.1f}. Times in {counted.time_zone}."
            f" {_window_words(counted, scope)}."
        )


def _window_words(counted: Scope, scope: Scope) -> str:
    days = (min(counted.until, counted.as_of) - counted.since).total_seconds() / 86400
    since = instant_words(counted.since, counted.time_zone)
    why = ""
    if counted.since < scope.since and days > 27.9:
        why = ", so that each weekday counts four times"
    elif counted.since != scope.since:
        why = ", all available history"
    return f"{days:.0f} days since {since}{why}"


def _heat_cell(cell: Cell, link: str, counted: Scope) -> HeatCell:
    place = f"{WEEKDAYS[cell.weekday]}s {cell.hour:02}:00–{(cell.hour + 1) % 24:02}:00"
    found = f"{count_text(cell.count, 'handoff')} in {_hours_words(cell)}"
    latest = moment_words(cell.hours[0].since, counted.as_of, counted.time_zone)
    words = f"{place}: {cell.mean:.1f} per hour, {found}. Most recent: {latest}"
    return HeatCell(
        cell.hour,
        cell.weekday,
        cell.mean,
        "",
        f"<b>{place}</b><br>{cell.mean:.1f} per hour<br>{found}",
        encode_drilldown(link, words),
    )


def _hours_words(cell: Cell) -> str:
    length = round(cell.length, 1)
    return f"{length:g} hour{'' if length == 1 else 's'}"


def _link(context: PageContext, hour: Hour) -> str:
    inside = replace(context.page_scope, length=None, since=hour.since, until=hour.until)
    return conversations_link(inside, _KEY)


def _list_hours(context: PageContext, cell: Cell, counted: Scope) -> None:
    """The hours of the calendar in one cell, each linked: a cell itself is not a contiguous window."""
    shown = cell.hours[:_LISTED]
    links = " · ".join(
        f'<a href="{as_html(_link(context, hour))}" target="_self">'
        f"{as_html(_day_words(hour, counted))} ({hour.count})</a>"
        for hour in shown
    )
    more = f" · and {len(cell.hours) - _LISTED} earlier" if len(cell.hours) > _LISTED else ""
    st.html(f'<p class="cr note">Hours: {links}{more}</p>')


def _day_words(hour: Hour, counted: Scope) -> str:
    return moment_words(hour.since, counted.as_of, counted.time_zone)
