"""The exposure panel: later escalations of accounts that had the failure, compared with other accounts."""

import json
from datetime import timedelta

import pandas as pd
import streamlit as st

from dashboard.charts.exposure import lag_figure
from dashboard.components.api_errors.picked import picked
from dashboard.components.shared.choices import selected, url_radio
from dashboard.components.shared.links import conversation_link, conversations_link
from dashboard.components.shared.outcomes import outcome_html
from dashboard.components.shared.page_context import PageContext
from dashboard.components.shared.panel import panel
from dashboard.components.shared.plain_text import as_html, as_markdown, inline_html
from dashboard.metrics.formatting import count_text, value_text
from dashboard.metrics.registry import METRICS
from dashboard.metrics.value_words import value_words
from dashboard.query.explaining import RowsBehind
from dashboard.reports.api_errors.error_identity import Identity
from dashboard.reports.api_errors.exposure import (
    HANDOFF,
    HORIZONS,
    LAGS,
    MOST_LISTED,
    START,
    ErrorExposure,
    Row,
    error_exposure,
    exposed_episodes,
    exposure_statement,
)
from dashboard.reports.shared.moments import between_words, moment_words
from dashboard.rollups.materialized import FAILURES
from dashboard.scope import Scope
from dashboard.stats.exposure import Exposure

_HORIZONS = {"7d": "7 days before", "72h": "72 hours before", "24h": "24 hours before"}
_NOTE = (
    "An episode is exposed if its account had this failure in the {horizon} its start. Expected: the "
    "escalations of exposed episodes at the rate of other episodes of the same topic and channel. Counts "
    "involved episodes that are not pending. An association is not proof of a cause."
)
_SERIES = {
    START: "exposed episodes, by start",
    HANDOFF: "exposed episodes handed off, by handoff",
}


def draw_exposure(context: PageContext, group: Identity) -> None:
    """The panel, on the page's scope; the horizon stands in the link."""
    name = selected("horizon", _HORIZONS)
    horizon = HORIZONS[name]
    scope = context.scope()
    statement = {"exposure": RowsBehind(exposure_statement(group, scope, horizon), FAILURES, scope)}
    note = _NOTE.format(horizon=_HORIZONS[name])
    with panel("Exposure: escalations after this failure", [], statement, note):
        url_radio("horizon", _HORIZONS)
        found = context.ask(
            "exposure",
            lambda scope: error_exposure(group, scope, horizon),
            group.fingerprint,
            name,
        )
        if found.found is None:
            st.caption(_nothing(found))
            return
        st.html(_figures_html(found.found))
        st.markdown(f"**{as_markdown(exposure_sentence(found.found))}**")
        left, right = st.columns([1, 1], gap="medium")
        with left:
            _draw_lags(context, group, found, name)
        with right:
            _draw_strata(context, found)


def exposure_sentence(found: Exposure) -> str:
    """What the comparison says; a difference counts only if significant and n is large enough."""
    of = f"{found.observed:,} of {count_text(found.episodes, 'exposed episode')} escalated, "
    expected = f"{found.expected:,.1f} expected"
    span = f"95 % interval of the difference {_signed(found.low)} to {_signed(found.high)}"
    enough = found.episodes >= METRICS["containment_rate"].minimum_n
    if found.is_clear and enough:
        more = "more" if found.excess > 0 else "fewer"
        what = f"The failure is associated with {abs(found.excess):,.1f} {more} escalations"
    elif found.is_clear:
        what = "Too few exposed episodes to show an association"
    else:
        what = "No significant association"
    return f"{what}: {of}{expected} ({span})."


def _nothing(found: ErrorExposure) -> str:
    if not found.exposed:
        return "No exposed episodes in this period."
    return (
        f"{count_text(found.exposed, 'exposed episode')} in this period, but no other episodes of the "
        "same topic and channel to compare with."
    )


def _figures_html(found: Exposure) -> str:
    cards = [
        ("Observed", f"{found.observed:,}", _of(found.observed, found.episodes)),
        (
            "Expected",
            f"{found.expected:,.1f}",
            f"{_of(found.expected, found.episodes)}; based on {count_text(found.others, 'other episode')}",
        ),
        ("Excess", _signed(found.excess), f"95 % {_signed(found.low)} to {_signed(found.high)}"),
    ]
    excluded = ""
    escalated, episodes = found.without_others
    if episodes:
        excluded = (
            f'<p class="note">Excludes {count_text(episodes, "exposed episode")} ({escalated:,} '
            "escalated) without other episodes of the same topic and channel.</p>"
        )
    body = "".join(
        f'<div class="card"><div class="label">{label}</div><div class="value">{value}</div>'
        f'<div class="small">{as_html(small)}</div></div>'
        for label, value, small in cards
    )
    return f'<div class="cr exposure"><div class="figures">{body}</div>{excluded}</div>'


def _of(part: float, whole: int) -> str:
    return f"{value_text('share', part / whole)} of {count_text(whole, 'exposed episode')}"


def _signed(value: float) -> str:
    return f"{value:+,.1f}".replace("-", "−")


def _draw_lags(context: PageContext, group: Identity, found: ErrorExposure, name: str) -> None:
    st.markdown("**Time from failure to episode and to handoff**")
    last = max(place for counts in found.lags.values() for place, n in enumerate(counts) if n)
    labels = [label for label, _ in LAGS[: last + 1]]
    series = [
        (
            _SERIES[kind],
            found.lags[kind][: last + 1],
            [
                _bin_words(kind, label, count)
                for label, count in zip(labels, found.lags[kind], strict=False)
            ],
            [json.dumps([kind, place]) for place in range(last + 1)],
        )
        for kind in (START, HANDOFF)
    ]
    mark = picked(lag_figure(labels, series), f"lags {group.fingerprint} {name}")
    if mark is None:
        st.caption(
            "Counted from the last failure before the episode. Select a bar to list its conversations."
        )
        return
    kind, place = json.loads(mark)
    _list_episodes(context, group, HORIZONS[name], (kind, place, found.lags[kind][place]))


def _bin_words(kind: str, label: str, count: int) -> str:
    event = "started" if kind == START else "handed off"
    return f"{count_text(count, 'exposed episode')} {event} {label} after the failure"


def _list_episodes(
    context: PageContext, group: Identity, horizon: timedelta, bar: tuple[str, int, int]
) -> None:
    kind, place, count = bar
    rows = context.ask(
        "exposed episodes",
        lambda scope: exposed_episodes(group, scope, horizon, kind, place),
        group.fingerprint,
        horizon,
        kind,
        place,
    )
    words = _bin_words(kind, LAGS[place][0], count)
    if count > MOST_LISTED:
        words += f"; showing the newest {MOST_LISTED}"
    scope = context.scope()
    items = "".join(_episode_html(context, row, scope) for row in rows)
    st.html(f'<div class="cr exposed"><p>{as_html(words)}</p><ul>{items}</ul></div>')


def _episode_html(context: PageContext, row: Row, scope: Scope) -> str:
    href = conversation_link(context.page_scope, row["account_id"], row["conversation_id"])
    when = moment_words(row["started_at"], scope.as_of, scope.time_zone)
    lag = between_words(row["failed_at"], row["started_at"])
    return (
        f'<li><a href="{as_html(href)}" target="_self">{as_html(when)}</a> '
        f"{inline_html(row['account_name'])} · {inline_html(value_words('topic', row['topic']))} "
        f'{outcome_html(row["outcome"])} <span class="muted">{as_html(lag)} after the failure</span></li>'
    )


def _draw_strata(context: PageContext, found: ErrorExposure) -> None:
    strata = [stratum for stratum in found.strata if stratum.exposed[1]]
    strata.sort(key=lambda stratum: -stratum.exposed[1])
    st.markdown("**By topic and channel**")
    st.dataframe(
        pd.DataFrame(
            {
                "Topic": [value_words("topic", s.topic) for s in strata],
                "Channel": [value_words("channel", s.channel) for s in strata],
                "Exposed": [s.exposed[1] for s in strata],
                "Escalated": [s.exposed[0] for s in strata],
                "Expected": [s.expected if s.unexposed[1] else None for s in strata],
                "Others": [s.unexposed[1] for s in strata],
                "Rate of others": [
                    100 * s.unexposed[0] / s.unexposed[1] if s.unexposed[1] else None
                    for s in strata
                ],
                "List": [_stratum_link(context, s.topic, s.channel) for s in strata],
            }
        ),
        hide_index=True,
        height=min(330, 38 + 35 * len(strata)),
        column_config={
            "Expected": st.column_config.NumberColumn(format="%.1f"),
            "Rate of others": st.column_config.NumberColumn(format="%.1f %%"),
            "List": st.column_config.LinkColumn(display_text="Open", width="small"),
        },
    )


def _stratum_link(context: PageContext, topic: str | None, channel: str | None) -> str:
    inside = context.page_scope.where("topic", topic).where("channel", channel)
    return conversations_link(inside, "containment_rate")
