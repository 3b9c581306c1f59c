"""The live wall and its replay: what to show at each refresh, and how the instant moves."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.components.filter_bar.page_scope import LABELS
from dashboard.components.shared.links import link
from dashboard.components.shared.page import is_kiosk
from dashboard.components.shared.panel import info_popover
from dashboard.components.shared.plain_text import as_html
from dashboard.components.wall import draw_wall
from dashboard.components.wall.payload import payload
from dashboard.components.wall.replay import next_frame, obey, replay_of
from dashboard.metrics.formatting import instant_words, length_words
from dashboard.metrics.value_words import value_words
from dashboard.query.cache import CachedResult, cached
from dashboard.reports.shared.demo import is_demo
from dashboard.reports.shared.periods import period_words
from dashboard.reports.wall.wall import HEADLINE_METRICS, wall, wall_questions
from dashboard.scope_url import OpenScope
from dashboard.settings import settings

_REPLAY_TICK_SECONDS = 2.0
_REPLAY_KEPT_SECONDS = 300.0


def show_wall(page_scope: OpenScope) -> None:
    """The wall of `page_scope`, refreshed automatically while the page is open."""
    playing = not page_scope.is_live and replay_of(page_scope).playing
    tick = _REPLAY_TICK_SECONDS if playing else settings().refresh_seconds

    def reading(shown: OpenScope) -> CachedResult[dict[str, Any]]:
        # Streamlit drops what a run drew when the next one starts right after it: a run that lasts until
        # the next refresh would never be seen. So it ends well before, with or without new figures.
        return read_wall(shown, max_wait=tick / 2)

    @st.fragment(run_every=tick)
    def refresh() -> None:
        shown, found = (
            (page_scope, reading(page_scope))
            if page_scope.is_live
            else next_frame(page_scope, reading)
        )
        request = draw_wall({**_content(shown, found), "replay": _controls(page_scope)})
        if request and shown.as_of:
            obey(page_scope, request, shown.as_of)
            st.rerun(scope="app")

    refresh()


def show_behind(page_scope: OpenScope) -> None:
    """The definitions and the SQL behind the tiles, and the link to full screen."""
    statements = {
        f"{fact}, now and in earlier weeks": question
        for fact, question in wall_questions(page_scope.scope(datetime.now(UTC))).items()
    }
    with st.container(horizontal=True):
        alone = link("", page_scope, wall="1")
        st.html(
            f'<a class="cr" href="{as_html(alone)}" target="_self">Full screen →</a>',
            width="content",
        )
        info_popover("the wall", [*HEADLINE_METRICS, "csat"], statements, "Definitions and SQL")


def _content(page_scope: OpenScope, reading: CachedResult[dict[str, Any]]) -> dict[str, Any]:
    now = datetime.now(UTC)
    refresh = settings().refresh_seconds
    age = reading.age_seconds() if reading.value else None
    return {
        "wall": reading.value,
        "notice": _notice(reading, page_scope.time_zone),
        "empty": _empty(reading),
        "mode": "live" if page_scope.is_live else "replay",
        "kiosk": is_kiosk(),
        "context": _context(page_scope, reading.value),
        "age": age,
        "delivery": time.monotonic(),
        "now_ms": now.timestamp() * 1000,
        "instant": instant_words(page_scope.as_of or now, page_scope.time_zone),
        "time_zone": page_scope.time_zone,
        "stale_after": max(3 * refresh, 30),
        "frozen_after": max(3 * refresh, 30),
    }


def _controls(page_scope: OpenScope) -> dict[str, Any]:
    replay = None if page_scope.is_live else replay_of(page_scope)
    return {
        "playing": bool(replay and replay.playing),
        "speed": replay.speed if replay else None,
        "live_link": link("", replace(page_scope, as_of=None), wall="1" if is_kiosk() else None),
    }


def read_wall(page_scope: OpenScope, max_wait: float | None = None) -> CachedResult[dict[str, Any]]:
    """The payload of a wall: one set of queries per interval for any number of screens.

    `max_wait`: as in `cached`.
    """
    seconds = settings().refresh_seconds if page_scope.is_live else _REPLAY_KEPT_SECONDS
    # Screens refresh slightly apart; an answer nearly one interval old is read again, not shown twice.
    return cached(("wall", page_scope), lambda: _ask(page_scope), 0.9 * seconds, max_wait)


def _ask(page_scope: OpenScope) -> dict[str, Any]:
    return payload(wall(page_scope.scope(datetime.now(UTC))), page_scope)


def _notice(reading: CachedResult, time_zone: str) -> str | None:
    if reading.error is None or reading.read_at is None:
        return None
    since = instant_words(reading.read_at, time_zone, seconds=True)
    return f"{reading.error.message} Showing figures from {since}. {reading.error.hint}"


def _empty(reading: CachedResult) -> str:
    return str(reading.error) if reading.error else "Loading…"


def _context(page_scope: OpenScope, shown: dict[str, Any] | None) -> str:
    words = ["Live" if page_scope.is_live else "Replay"]
    if cached("demo", is_demo, 60.0).value:
        words.append("Demo data")
    scope = page_scope.scope(datetime.now(UTC))
    words.append(length_words(page_scope.length) if page_scope.length else period_words(scope))
    words += [
        f"{LABELS[key]}: {', '.join(value_words(key, value) for value in values)}"
        for key, values in page_scope.filters
    ]
    words.append(page_scope.time_zone)
    if shown and shown["excluded"]:
        words.append(f"{shown['excluded']:,} excluded in 24 h")
    return "  ·  ".join(words)
