"""Contained episodes with a low rating: a success for containment, but not for the customer."""

import pandas as pd
import streamlit as st

from dashboard.components.satisfaction.quotes import draw_quotes
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.tables import more_link, say
from dashboard.metrics.formatting import count_text, range_text, value_text
from dashboard.query.explaining import Shown
from dashboard.query.measure import measure, questions
from dashboard.reports.satisfaction.satisfaction import (
    Rated,
    low_on_contained,
    low_on_contained_statement,
)

_KEY = "contained_low_rate"
_MOST = 6


def ask_low_on_contained(context: PageContext, dating: str) -> Rated:
    """Contained episodes with a rating of 1 or 2, the lowest first."""
    return context.ask("low rows", lambda s: low_on_contained(s, dating, _MOST), dating)


def draw_low_on_contained(context: PageContext, dating: str) -> None:
    """Their number, share of the rated contained episodes, and the lowest ratings."""
    scope = context.scope()
    queries = questions([_KEY], [scope], (), None, dating)
    statements: dict[str, Shown] = {**queries}
    statements["lowest ratings"] = low_on_contained_statement(scope, dating, _MOST)
    with panel("Contained but rated low", [_KEY], statements):
        figure = context.ask(
            "low rate", lambda s: measure([_KEY], s, dating=dating).iloc[0], dating
        )
        if not figure["denominator"]:
            st.caption("No rated contained episodes in this period.")
            return
        say(
            _sentence(figure),
            "Containment counts these as a success; the customer was not satisfied.",
        )
        found = ask_low_on_contained(context, dating)
        if not found.total:
            return
        link = conversations_link(
            context.page_scope,
            _KEY,
            "numerator",
            "event" if dating == "event" else None,
            sort="lowest rating",
        )
        draw_quotes(found.rows.itertuples(), context.page_scope, scope, link)
        if found.total > len(found.rows):
            more_link(link, f"All {found.total:,}, lowest first")


def _sentence(figure: pd.Series) -> str:
    low = int(figure["numerator"])
    rated = count_text(int(figure["denominator"]), "rating")
    reach = range_text("share", figure["low"], figure["high"])
    return (
        f"Rated 1 or 2: {low:,} of {rated} on contained episodes,"
        f" {value_text('share', figure['value'])} (95 % {reach})."
    )
