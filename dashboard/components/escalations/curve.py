"""Time to human as a Kaplan-Meier curve, of all handoffs or of one queue."""

import math

import streamlit as st

from dashboard.charts.layout import encode_drilldown
from dashboard.charts.survival import SurvivalLine, SurvivalPoint, survival_figure
from dashboard.components.shared.choices import url_select
from dashboard.components.shared.ink import ink
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.plain_text import as_figure_text, as_line
from dashboard.components.shared.tables import say
from dashboard.metrics.formatting import UNKNOWN_VALUE, count_text, duration_text
from dashboard.metrics.value_words import value_words
from dashboard.reports.escalations.time_to_human import (
    QUANTILES,
    Curve,
    Wait,
    curves,
    curves_question,
)
from dashboard.scope import filter_text
from dashboard.scope_url import OpenScope

_METRICS = ["time_to_human_p50", "time_to_human_p90"]
_ALL = "All queues"
_MOST_QUEUES = 6


def ask_curves(context: PageContext) -> tuple[Curve, dict[str | None, Curve]]:
    """The waiting curve of all handoffs, and of each queue."""
    return context.ask("curves", curves)


def draw_time_to_human(context: PageContext) -> None:
    """The panel; the queue is kept in the link as `wait_in`."""
    statements = {"handoffs": curves_question(context.scope())}
    note = (
        "Share still waiting, by time since the handoff (Kaplan-Meier). Handoffs without a human reply are"
        " censored when the episode ended, or now."
    )
    with panel("Time to human", _METRICS, statements, note):
        whole, queues = ask_curves(context)
        if not whole.n:
            st.caption("No handoffs with measured times in this period.")
            return
        named = {filter_text(queue): queue for queue in queues}
        labels = {text: value_words("queue", queue) for text, queue in named.items()}
        key = url_select("wait_in", {"": _ALL, **labels}, "Queue", width=220)
        name = labels.get(key, "")
        main = queues[named[key]] if key else whole
        inside = context.page_scope.where("queue", named[key]) if key else context.page_scope
        say(_sentence(name, main), _counts(main))
        others = (
            [
                _line(
                    context.page_scope.where("queue", queue),
                    value_words("queue", queue),
                    queues[queue],
                )
                for queue in list(queues)[:_MOST_QUEUES]
            ]
            if not key and len(queues) > 1
            else []
        )
        clickable(
            survival_figure(
                _line(inside, name or _ALL, main, True),
                others,
                _quantiles(inside, name or _ALL, main),
                ink(),
            ),
            f"time to human {key}",
        )


def _sentence(name: str, curve: Curve) -> str:
    half, most = (curve.quantiles[q] for q in QUANTILES)
    place = f"{as_line(name)}: " if name else ""
    if half.value is None:
        return f"{place}Fewer than half answered so far."
    words = f"{place}50 % answered within {_wait_words(half.value, half)}"
    if most.value is None:
        return f"{words}; fewer than 90 % answered so far."
    return f"{words}, 90 % within {_wait_words(most.value, most)}."


def _wait_words(seconds: float, wait: Wait) -> str:
    words = duration_text(seconds)
    if wait.low is None or wait.high is None:
        return words
    return f"{words} (95 % {duration_text(wait.low)} – {duration_text(wait.high)})"


def _counts(curve: Curve) -> str:
    return (
        f"{count_text(curve.n, 'handoff')}: {curve.answered:,} answered,"
        f" {curve.open:,} still waiting, {curve.ended:,} ended without a reply."
    )


def _line(page_scope: OpenScope, name: str, curve: Curve, with_band: bool = False) -> SurvivalLine:
    link = conversations_link(page_scope, _METRICS[1], sort="slowest human")
    points = [
        SurvivalPoint(
            mark.seconds,
            mark.waiting,
            f"<b>{as_figure_text(name)}</b><br>after {duration_text(mark.seconds)},"
            f" {100 * mark.waiting:.1f} % still waiting"
            f"<br>95 % {_share(mark.low)} – {_share(mark.high)}",
            encode_drilldown(
                link,
                f"{as_line(name)}: {100 * mark.waiting:.1f} % waited longer than"
                f" {duration_text(mark.seconds)}; the first {mark.longer:,} in the list,"
                " sorted by wait",
            ),
        )
        for mark in curve.milestones
    ]
    return SurvivalLine(
        as_figure_text(name),
        curve.times.tolist(),
        curve.waiting.tolist(),
        points,
        curve.low.tolist() if with_band else None,
        curve.high.tolist() if with_band else None,
    )


def _quantiles(page_scope: OpenScope, name: str, curve: Curve) -> list[SurvivalPoint]:
    link = conversations_link(page_scope, _METRICS[1], sort="slowest human")
    return [
        SurvivalPoint(
            wait.value,
            1 - q,
            f"<b>p{100 * q:.0f}: {duration_text(wait.value)}</b><br>{as_figure_text(name)}",
            encode_drilldown(
                link,
                f"{as_line(name)}: {100 * q:.0f} % answered within"
                f" {duration_text(wait.value)}; the list is sorted by wait",
            ),
            f"p{100 * q:.0f}  {duration_text(wait.value)}",
        )
        for q, wait in curve.quantiles.items()
        if wait.value is not None
    ]


def _share(value: float) -> str:
    return UNKNOWN_VALUE if math.isnan(value) else f"{100 * value:.1f} %"
