"""The live wall and its replay: what to show at this tick, and how the instant moves."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.components.shared.links import link
from dashboard.components.shared.page import is_kiosk
from dashboard.components.shared.panel import at_hand
from dashboard.components.shared.plain_text import as_html
from dashboard.components.wall import draw_wall
from dashboard.components.wall.payload import payload
from dashboard.components.wall.replay import next_frame, obey, replay_of
from dashboard.metrics.formatting import instant_words, length_words
from dashboard.query.cache import Reading, shared
from dashboard.reports.shared.demo import is_demo
from dashboard.reports.shared.periods import period_words
from dashboard.reports.wall.wall import TOLD, wall, wall_questions
from dashboard.scope_url import OpenScope
from dashboard.settings import settings

_REPLAY_TICK_SECONDS = 2.0
_REPLAY_KEPT_SECONDS = 300.0


def show_wall(asked: OpenScope) -> None:
    """The wall of `asked`, refreshed by itself for as long as the page is open."""
    playing = not asked.is_live and replay_of(asked).playing
    tick = _REPLAY_TICK_SECONDS if playing else settings().refresh_seconds

    def reading(shown: OpenScope) -> Reading[dict[str, Any]]:
        # Streamlit drops what a run drew when the next one begins at its heels: a run that lasts from
        # tick to tick would never be seen. So it ends well before, with or without new figures.
        return read_wall(shown, patience=tick / 2)

    @st.fragment(run_every=tick)
    def refresh() -> None:
        shown, found = (asked, reading(asked)) if asked.is_live else next_frame(asked, reading)
        request = draw_wall({**_content(shown, found), "replay": _controls(asked)})
        if request and not asked.is_live:
            obey(asked, request, shown.as_of)
            st.rerun(scope="app")

    refresh()


def show_behind(asked: OpenScope) -> None:
    """The definitions and the SQL behind the tiles, and the way to the wall alone."""
    statements = {
        f"{fact}, now and in the earlier weeks": question.statement
        for fact, question in wall_questions(asked.scope(datetime.now(UTC))).items()
    }
    with st.container(horizontal=True):
        alone = link("", asked, wall="1")
        st.html(
            f'<a class="cr" href="{as_html(alone)}" target="_self">Show the wall alone →</a>',
            width="content",
        )
        at_hand("the wall", [*TOLD, "csat"], statements, "Definitions and SQL")


def _content(asked: OpenScope, reading: Reading[dict[str, Any]]) -> dict[str, Any]:
    now = datetime.now(UTC)
    refresh = settings().refresh_seconds
    age = reading.age_seconds() if reading.value else None
    return {
        "wall": reading.value,
        "notice": _notice(reading, asked.time_zone),
        "empty": _empty(reading),
        "mode": "live" if asked.is_live else "replay",
        "kiosk": is_kiosk(),
        "context": _context(asked, reading.value),
        "age": age,
        "delivery": time.monotonic(),
        "now_ms": now.timestamp() * 1000,
        "instant": instant_words(asked.as_of or now, asked.time_zone),
        "time_zone": asked.time_zone,
        "stale_after": max(3 * refresh, 30),
        "frozen_after": max(3 * refresh, 30),
    }


def _controls(asked: OpenScope) -> dict[str, Any]:
    replay = None if asked.is_live else replay_of(asked)
    return {
        "playing": bool(replay and replay.playing),
        "speed": replay.speed if replay else None,
        "live_link": link("", replace(asked, as_of=None), wall="1" if is_kiosk() else None),
    }


def read_wall(asked: OpenScope, patience: float | None = None) -> Reading[dict[str, Any]]:
    """The payload of a wall: one set of queries per interval, however many screens show it.

    `patience`: as in `shared`.
    """
    seconds = settings().refresh_seconds if asked.is_live else _REPLAY_KEPT_SECONDS
    # Screens tick a little apart; what is nearly one interval old is asked again, not shown twice.
    return shared(("wall", asked), lambda: _ask(asked), 0.9 * seconds, patience)


def _ask(asked: OpenScope) -> dict[str, Any]:
    return payload(wall(asked.scope(datetime.now(UTC))), asked)


def _notice(reading: Reading, time_zone: str) -> str | None:
    if reading.error is None or reading.value is None:
        return None
    since = instant_words(reading.read_at, time_zone, seconds=True)
    return f"{reading.error.message} The figures are from {since}. {reading.error.hint}"


def _empty(reading: Reading) -> str:
    return str(reading.error) if reading.error else "The first figures are being read."


def _context(asked: OpenScope, shown: dict[str, Any] | None) -> str:
    words = ["Live" if asked.is_live else "Replay"]
    if shared("demo", is_demo, 60.0).value:
        words.append("Demo data")
    scope = asked.scope(datetime.now(UTC))
    words.append(length_words(asked.length) if asked.length else period_words(scope))
    words += [
        f"{key}: {', '.join(v or 'unknown' for v in values)}" for key, values in asked.filters
    ]
    words.append(asked.time_zone)
    if shown and shown["excluded"]:
        words.append(f"{shown['excluded']:,} excluded in 24 h")
    return "  ·  ".join(words)
