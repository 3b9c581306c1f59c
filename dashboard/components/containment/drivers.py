"""What drove the change: the exact split between two periods, as a waterfall and a sentence."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.charts.layout import behind
from dashboard.charts.waterfall import waterfall_figure
from dashboard.components.asking import Asking
from dashboard.components.choices import pick
from dashboard.components.links import conversations_link
from dashboard.components.panel import clickable, panel
from dashboard.components.plain_text import as_html, as_line, as_markdown
from dashboard.metrics.registry import METRICS
from dashboard.metrics.split import Contribution, rounded_to_sum
from dashboard.reports.change import before
from dashboard.reports.drivers import Drivers, can_be_split, drivers, sentence
from dashboard.scope import Scope, filter_text
from dashboard.warehouse.measure import questions

_AGAINST = {
    "before": None,
    "1w": timedelta(weeks=1),
    "4w": timedelta(weeks=4),
    "8w": timedelta(weeks=8),
}
_AGAINST_WORDS = {
    "before": "window before",
    "1w": "same window 1 week earlier",
    "4w": "same window 4 weeks earlier",
    "8w": "same window 8 weeks earlier",
    "date": "as long a window",
}
_BY = {"topic": "topic", "channel": "channel", "version": "agent version", "plan": "plan"}
_BARS = 7


def draw_drivers(asking: Asking, key: str) -> None:
    """The panel; for a figure that is no share it says so."""
    metric = METRICS[key]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        against = pick("against", _AGAINST_WORDS, "Drivers against the", 260)
        start = _chosen_start() if against == "date" else None
        by = pick("split", _BY, "Split by", 180)
    after = asking.scope()
    earlier = _earlier(after, against, start)
    asked = questions([key], [earlier, after], [by])
    with panel(
        f"What drove {metric.label.lower()}",
        [key],
        {fact: question.statement for fact, question in asked.items()},
        "Each segment's part of the change: its own rate moved, or its share of the volume did. "
        "The parts sum to the change.",
    ):
        if not can_be_split(key):
            st.caption(f"{metric.label} is no plain share of episodes and cannot be split.")
            return
        found = asking.ask(
            "drivers",
            lambda s: drivers(key, s, _earlier(s, against, start), by),
            key, against, start, by,
        )  # fmt: skip
        st.markdown(f"**{as_markdown(sentence(found))}**")
        if found.split:
            _draw_waterfall(asking, found)
            _draw_table(found)


def _chosen_start() -> date | None:
    return st.date_input(
        "starting on", value=None, key="against_date", bind="query-params", width=160
    )


def _earlier(scope: Scope, against: str, start: date | None) -> Scope:
    """The other period: as long as the page's, asked as long after its end."""
    if against == "date" and start is not None:
        midnight = datetime.combine(start, time(), ZoneInfo(scope.time_zone))
        return scope.shifted(midnight - scope.since)
    back = _AGAINST.get(against)
    return scope.shifted(-back) if back else before(scope)


def _draw_waterfall(asking: Asking, found: Drivers) -> None:
    parts = list(found.split.contributions)
    shown, others = parts[:_BARS], parts[_BARS:]
    totals = [part.total for part in shown]
    names = [as_line(filter_text(part.segment)) for part in shown]
    marks = [_mark(asking, found, part) for part in shown]
    hover = [_hover(part) for part in shown]
    if others:
        totals.append(sum((part.total for part in others), Fraction()))
        names.append(f"{len(others)} others")
        hover.append(f"{len(others)} smaller contributions together")
        marks.append("null")
    start, end = (
        100 * float(Fraction(*period)) for period in (found.split.before, found.split.after)
    )
    points = rounded_to_sum([100 * total for total in totals], 2)
    clickable(
        waterfall_figure(
            round(end, 2) - round(sum(points), 2), round(end, 2), names, points, hover, marks,
            better_up=found.metric.good == "up",
        ),
        f"drivers {found.metric.key} {found.by} {round(start, 6)}",
    )  # fmt: skip


def _mark(asking: Asking, found: Drivers, part: Contribution) -> str:
    inside = replace(asking.asked).where(found.by, part.segment)
    link = conversations_link(inside, found.metric.key)
    return behind(link, f"{as_line(filter_text(part.segment))}, in the later period")


def _rate(period: tuple[int, int]) -> str:
    part, whole = period
    return f"{100 * part / whole:.1f} % of {whole:,}" if whole else "none"


def _hover(part: Contribution) -> str:
    return (
        f"<b>{as_html(as_line(filter_text(part.segment)))}</b><br>"
        f"before {_rate(part.before)}, after {_rate(part.after)}<br>"
        f"rate {100 * float(part.rate):+.2f}, mix {100 * float(part.mix):+.2f} points"
    )


def _draw_table(found: Drivers) -> None:
    parts = found.split.contributions
    with st.expander(f"All {len(parts)} segments"):
        st.dataframe(
            pd.DataFrame({
                _BY[found.by].capitalize(): [filter_text(part.segment) for part in parts],
                "Before": [_rate(part.before) for part in parts],
                "After": [_rate(part.after) for part in parts],
                "From its rate": [100 * float(part.rate) for part in parts],
                "From mix": [100 * float(part.mix) for part in parts],
                "Together": [100 * float(part.total) for part in parts],
            }),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%+.2f")
                for name in ("From its rate", "From mix", "Together")
            },
        )  # fmt: skip
