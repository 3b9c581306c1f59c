"""The wall as one component: mounted once, redrawn in place, so that nothing flickers."""

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.charts.library import SCRIPT_URL

_FOLDER = Path(__file__).parent


def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "control_room_wall", html=_asset("wall.html"), css=_asset("wall.css"), js=_asset("wall.js")
)


def draw_wall(content: dict[str, Any]) -> dict[str, Any] | None:
    """Draw the wall; returns what its replay controls asked for in this run, if anything.

    `content`: `wall` (a payload, or None when there never was one), `notice`, `mode`, `clock` and
    whatever else `wall.js` reads.
    """
    result = _mount(
        key="wall",
        data={**content, "plotly": SCRIPT_URL},
        on_replay_change=lambda: None,
    )
    return result.replay
