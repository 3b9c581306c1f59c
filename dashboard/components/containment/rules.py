"""The funnel, and the same episodes under three definitions of success."""

import pandas as pd
import streamlit as st

from dashboard.charts.breakdown import breakdown_figure
from dashboard.charts.funnel import funnel_figure
from dashboard.charts.layout import encode_drilldown
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, drilldown_link, panel
from dashboard.metrics.formatting import count_text, lower_first, range_text, value_text
from dashboard.postgres.read import FrameRow
from dashboard.query.measure import questions
from dashboard.reports.containment.funnel import Step, funnel
from dashboard.reports.containment.switchboard import RULES, Switchboard, switchboard


def ask_funnel(context: PageContext) -> list[Step]:
    """The steps of the funnel."""
    return context.ask("funnel", funnel)


def ask_switchboard(context: PageContext) -> Switchboard:
    """The figures under each rule of success."""
    return context.ask("switchboard", switchboard)


def draw_funnel(context: PageContext) -> None:
    """Eligible → involved → answered → resolved → durable; every step leads to its episodes."""
    metrics = ["involved_rate", "answered_rate", "resolution_rate", "durable_resolution_rate_72h"]
    queries = questions(metrics, [context.scope()])
    with panel("Resolution funnel", metrics, queries):
        steps = ask_funnel(context)
        if not steps[0].count:
            st.caption("No episodes in this period.")
            return
        words = [_step_words(steps, position) for position in range(len(steps))]
        points = [
            encode_drilldown(conversations_link(context.page_scope, step.metric, step.part), text)
            for step, text in zip(steps, words, strict=True)
        ]
        clickable(
            funnel_figure(
                [step.label for step in steps],
                [step.count for step in steps],
                [step.undecided for step in steps],
                words,
                points,
            ),
            "funnel",
        )


def _step_words(steps: list[Step], position: int) -> str:
    step = steps[position]
    words = f"{step.label}: {count_text(step.count, 'episode')}"
    if position:
        last = steps[position - 1]
        if last.count:
            words += f", {100 * step.count / last.count:.1f} % of {lower_first(last.label)}"
    if step.undecided:
        words += f"; {step.undecided:,} too recent to decide"
    return words


def draw_switchboard(context: PageContext) -> None:
    """By event, by resolution and durable, side by side, and the episodes on which they differ."""
    metrics = [metric for _, metric, _ in RULES]
    queries = questions(metrics, [context.scope()])
    with panel(
        "Same episodes, other definitions",
        metrics,
        queries,
        "The same episodes under three definitions of success.",
    ):
        found = ask_switchboard(context)
        rows = found.figures.assign(label=[name for name, _, _ in RULES])
        hover = [
            f"<b>{name}</b><br>{rule}<br>{_figure_words(row)}"
            for (name, _, rule), row in zip(RULES, rows.itertuples(), strict=True)
        ]
        points = [
            encode_drilldown(
                conversations_link(context.page_scope, metric), f"{name}: {_figure_words(row)}"
            )
            for (name, metric, _), row in zip(RULES, rows.itertuples(), strict=True)
        ]
        clickable(breakdown_figure(rows, "share", hover, points), "switchboard")
        for name, _, rule in RULES:
            st.caption(f"**{name}:** {rule}")
        st.markdown("**Differences**")
        for difference in found.disagreements:
            inside = context.page_scope
            if difference.outcomes:
                inside = inside.where("outcome", *difference.outcomes)
            link = conversations_link(inside, difference.metric, difference.part)
            drilldown_link(link, f"{count_text(difference.count, 'episode')} {difference.words}")


def _figure_words(row: FrameRow) -> str:
    if pd.isna(row.value):
        return "no data"
    words = f"{value_text('share', row.value)}, n {int(row.n):,}"
    if not pd.isna(row.least):
        words += f", provisional, final range {range_text('share', row.least, row.most)}"
    return words
