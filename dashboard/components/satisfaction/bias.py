"""Response bias: response rate by outcome, and what CSAT would be at equal response rates."""

import pandas as pd
import streamlit as st

from dashboard.charts.breakdown import breakdown_figure
from dashboard.charts.layout import encode_drilldown
from dashboard.components.shared.links import conversations_link
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import clickable, panel
from dashboard.components.shared.tables import say
from dashboard.metrics.formatting import count_text, lower_first, range_text, value_text
from dashboard.metrics.value_words import value_words
from dashboard.query.measure import questions
from dashboard.reports.satisfaction.response_bias import (
    Group,
    ResponseBias,
    Reweighted,
    response_bias,
)

_METRICS = ["csat_response_rate", "csat"]


def ask_bias(context: PageContext) -> ResponseBias:
    """Response by outcome."""
    return context.ask("bias", response_bias)


def draw_bias(context: PageContext) -> None:
    """The panel; always dated by the episode."""
    queries = questions(_METRICS, [context.scope()], ["outcome"])
    with panel("Response bias", _METRICS, queries):
        found = ask_bias(context)
        if not found.groups:
            st.caption("No ended episodes in this period.")
            return
        say(_sentence(found))
        _draw_groups(context, found)
        if found.reweighted:
            st.caption(_method(found.reweighted))


def _sentence(found: ResponseBias) -> str:
    if found.reweighted is None:
        return "No ratings in this period."
    by_response = sorted(found.groups, key=lambda group: group.response)
    least, most = by_response[0], by_response[-1]
    words = ""
    if most.low > least.high:
        words = (
            f"{_name(most)} episodes are rated most often ({value_text('share', most.response)}),"
            f" {lower_first(_name(least))} least often ({value_text('share', least.response)}). "
        )
    likely = found.reweighted
    return (
        f"{words}CSAT is {value_text('share', found.csat['value'])}; with equal response"
        f" rates it would be about {value_text('share', likely.value)}"
        f" (95 % {range_text('share', likely.low, likely.high)})."
    )


def _method(likely: Reweighted) -> str:
    words = (
        "Estimate: each outcome's CSAT weighted by its share of ended episodes. It assumes that, within an"
        " outcome, customers who did not rate are like those who did."
    )
    if likely.covered < 1:
        words += (
            f" Outcomes with ratings cover {value_text('share', likely.covered)} of ended episodes."
        )
    return words


def _draw_groups(context: PageContext, found: ResponseBias) -> None:
    rows = pd.DataFrame(
        {
            "label": [f"{_name(group)}<br>n {group.ended:,} " for group in found.groups],
            "value": [group.response for group in found.groups],
            "low": [group.low for group in found.groups],
            "high": [group.high for group in found.groups],
        }
    )
    words = [_words(group) for group in found.groups]
    points = [
        encode_drilldown(
            conversations_link(
                context.page_scope.where("outcome", group.outcome), _METRICS[0], "numerator"
            ),
            text,
        )
        for group, text in zip(found.groups, words, strict=True)
    ]
    hover = [text.replace("; ", "<br>") for text in words]
    clickable(breakdown_figure(rows, "share", hover, points, found.response["value"]), "bias")


def _words(group: Group) -> str:
    csat = ""
    if group.ratings:
        csat = f"; CSAT {value_text('share', group.satisfied / group.ratings)}"
    return (
        f"{_name(group)}: {group.rated:,} of {count_text(group.ended, 'ended episode')} rated,"
        f" {value_text('share', group.response)}"
        f" (95 % {range_text('share', group.low, group.high)}){csat}"
    )


def _name(group: Group) -> str:
    return value_words("outcome", group.outcome)
