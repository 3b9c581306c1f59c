"""A replay whose frames take longer to read than it takes to play them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import streamlit as st

from dashboard.components.wall.replay import next_frame, obey, replay_of
from dashboard.query.cache import CachedResult
from dashboard.scope_url import OpenScope
from tests.present import present

LINK = datetime(2026, 5, 5, 12, tzinfo=UTC)
BLANK: CachedResult[dict[str, Any]] = CachedResult(None, None, None)


@pytest.fixture(autouse=True)
def _session():
    st.session_state.clear()
    yield
    st.session_state.clear()


def page_scope() -> OpenScope:
    return OpenScope(as_of=LINK, length=timedelta(hours=3))


def read_at(shown: OpenScope) -> CachedResult:
    return CachedResult({"frame": shown.as_of}, shown.as_of, None)


def play(speed: int) -> None:
    obey(page_scope(), {"playing": True, "speed": speed}, LINK)


def minutes_later(count: int) -> None:
    """As if so many minutes of the company's time had been played."""
    replay = replay_of(page_scope())
    replay.since -= 60 * count / replay.speed


def test_it_plays_on_and_names_the_frame_it_shows():
    play(60)
    minutes_later(5)
    shown, reading = next_frame(page_scope(), read_at)
    assert shown.as_of == LINK + timedelta(minutes=5)
    assert reading.value == {"frame": shown.as_of}


def test_the_frame_before_stays_until_the_next_is_read_and_no_other_is_asked_for():
    next_frame(page_scope(), read_at)
    play(60)
    minutes_later(5)
    wanted: list[datetime] = []

    def not_yet(shown: OpenScope) -> CachedResult:
        wanted.append(present(shown.as_of))
        return BLANK

    for _ in range(3):
        shown, reading = next_frame(page_scope(), not_yet)
        assert (shown.as_of, reading.value) == (LINK, {"frame": LINK})
        minutes_later(2)
    assert set(wanted) == {LINK + timedelta(minutes=5)}
    assert next_frame(page_scope(), read_at)[0].as_of == LINK + timedelta(minutes=5)
    assert next_frame(page_scope(), read_at)[0].as_of == LINK + timedelta(minutes=11)


def test_the_first_frame_is_blank_until_it_is_read():
    shown, reading = next_frame(page_scope(), lambda _: BLANK)
    assert (shown.as_of, reading.is_empty()) == (LINK, True)


def test_a_new_link_is_a_new_replay():
    play(300)
    other = OpenScope(as_of=LINK + timedelta(days=1), length=timedelta(hours=3))
    assert not replay_of(other).playing


def test_nonsense_from_the_browser_plays_at_the_usual_pace():
    obey(page_scope(), {"playing": 1, "speed": "fast"}, LINK)
    assert (replay_of(page_scope()).playing, replay_of(page_scope()).speed) == (True, 60)


def test_the_frame_of_another_filter_is_not_shown_and_the_replay_stays_where_it_is():
    play(60)
    minutes_later(5)
    next_frame(page_scope(), read_at)
    filtered = page_scope().where("topic", "billing")
    shown, reading = next_frame(filtered, lambda _: BLANK)
    assert (shown.filters, shown.as_of) == (filtered.filters, LINK + timedelta(minutes=5))
    assert reading.is_empty()
