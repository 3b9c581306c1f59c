"""Headline figures in a row: value, n, interval and the change against another period."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.components.shared.plain_text import as_html
from dashboard.metrics.formatting import change_text, range_text, upper_first, value_text
from dashboard.reports.shared.change import Headline

_STYLE = """<style>
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11.5rem, 1fr)); gap: .75rem; }
.cr .card { border: 1px solid var(--line); border-radius: .6rem; background: var(--surface);
  padding: .8rem 1rem; color: var(--ink); display: block; }
.cr a.card, .cr a.card:hover { text-decoration: none !important; color: var(--ink); }
.cr a.card:hover { border-color: var(--accent); }
.card .label { font-weight: 600; }
.card .value { font-size: 2rem; font-weight: 680; letter-spacing: -.02em; line-height: 1.25; }
.card .small { color: var(--muted); font-size: .82rem; }
.card .change[data-worse=true] { color: var(--worse); font-weight: 650; }
.card .change[data-better=true] { color: var(--better); font-weight: 650; }
</style>"""
_ARROWS = {"up": "▲", "down": "▼"}


@dataclass(frozen=True)
class Card:
    """One figure; `link` leads to its conversations, `extra` is a line of its own below.

    `against`: what its change is measured against, in words.
    """

    headline: Headline
    link: str | None
    against: str
    extra: str = ""


def draw_cards(cards: Iterable[Card]) -> None:
    """Draw the figures side by side, on a phone below one another."""
    st.html(f'{_STYLE}<div class="cr cards">{"".join(map(_card_html, cards))}</div>')


def _card_html(card: Card) -> str:
    metric, now = card.headline.metric, card.headline.now
    lines = [_interval(card.headline), _change_html(card.headline, card.against)]
    if card.extra:
        lines.append(f'<div class="small">{as_html(card.extra)}</div>')
    tag = f'a href="{as_html(card.link)}" target="_self"' if card.link else "div"
    hint = as_html(f"{metric.description} {metric.exclusions}")
    return (
        f'<{tag} class="card" title="{hint}"><div class="label">{as_html(metric.label)}</div>'
        f'<div class="value">{as_html(value_text(metric.unit, now["value"]))}</div>'
        f"{''.join(lines)}</{'a' if card.link else 'div'}>"
    )


def _interval(headline: Headline) -> str:
    metric, now = headline.metric, headline.now
    # A count is its own n; what it counts is shown where the label does not say it.
    rows = upper_first(metric.denominator)
    words = [rows if metric.unit == "count" else f"n {int(now['n']):,}"]
    if rows == metric.label:
        words = []
    if not pd.isna(now["low"]):
        words.append(f"95 % {range_text(metric.unit, now['low'], now['high'])}")
    if not pd.isna(now["least"]):
        span = range_text(metric.unit, now["least"], now["most"])
        words.append(f"provisional, final range {span}")
    return f'<div class="small">{as_html(", ".join(words))}</div>'


def _change_html(headline: Headline, against: str) -> str:
    change = headline.change
    if change is None:
        return '<div class="small">No comparison data</div>'
    words = change_text(headline.metric.unit, change)
    against = f"vs. {as_html(against)}"
    if headline.state == "same":
        return f'<div class="small change">{as_html(words)} {against}, no significant change</div>'
    better = not headline.is_worse and headline.metric.good != "neither"
    return (
        f'<div class="small change" data-worse="{str(headline.is_worse).lower()}" '
        f'data-better="{str(better).lower()}">{_ARROWS[headline.state]} {as_html(words)} '
        f"{against}</div>"
    )
