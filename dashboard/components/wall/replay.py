"""The replay of a past instant: where it stands, how it plays on, and which frame is there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from dashboard.query.cache import CachedResult
from dashboard.scope_url import OpenScope

_KEY = "replay"
_SPEEDS = (1, 10, 60, 300)

Frame = tuple[OpenScope, CachedResult[dict[str, Any]]]


@dataclass
class Replay:
    """One session's replay of a link. It stood at `start` when `since` was read off the clock.

    `speed`: seconds of the company's time in one second. `coming`: the instant whose frame is being
    read; `there`: the newest frame that has been.
    """

    link: datetime
    start: datetime
    playing: bool = False
    speed: int = 60
    since: float = 0.0
    coming: datetime | None = None
    there: Frame | None = None

    def instant(self) -> datetime:
        """Where it stands: it starts at the link's instant and never runs into the future."""
        instant = self.start
        if self.playing:
            instant += timedelta(seconds=(time.monotonic() - self.since) * self.speed)
        # Whole steps, so that screens that replay the same incident share their reads.
        step = timedelta(seconds=self.speed)
        return min(self.link + (instant - self.link) // step * step, datetime.now(UTC))


def replay_of(page_scope: OpenScope) -> Replay:
    """This session's replay of the link's instant; a new one where the link is new.

    Another filter or window leaves it where it stands, without a frame: the last one is of another scope.
    Raises `ValueError` for a link that is live.
    """
    if page_scope.as_of is None:
        raise ValueError("What is live is not replayed.")
    replay = st.session_state.get(_KEY)
    if replay is None or replay.link != page_scope.as_of:
        st.session_state[_KEY] = replay = Replay(page_scope.as_of, page_scope.as_of)
    if replay.there and replace(replay.there[0], as_of=page_scope.as_of) != page_scope:
        replay.there = replay.coming = None
    return replay


def next_frame(
    page_scope: OpenScope, read: Callable[[OpenScope], CachedResult[dict[str, Any]]]
) -> Frame:
    """The newest frame that is there, and the scope it is of.

    Where reading takes longer than a tick the frame before stays, and no other is asked for meanwhile.
    """
    replay = replay_of(page_scope)
    instant = replay.coming or replay.instant()
    shown = replace(page_scope, as_of=instant)
    reading = read(shown)
    if reading.is_empty() and replay.there:
        replay.coming = instant
        return replay.there
    replay.coming, replay.there = None, (shown, reading)
    return replay.there


def obey(page_scope: OpenScope, request: dict[str, Any], instant: datetime) -> None:
    """Play, pause or change pace as the wall's controls asked, from the shown instant on."""
    replay = replay_of(page_scope)
    replay.playing = bool(request.get("playing"))
    replay.speed = request["speed"] if request.get("speed") in _SPEEDS else 60
    replay.start, replay.since, replay.coming = instant, time.monotonic(), None
