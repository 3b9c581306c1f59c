"""The server: Streamlit's own, with the one file its pages need besides."""

import gc
import os

import streamlit as st
from starlette.responses import FileResponse
from starlette.routing import Route

from dashboard.charts.library import SCRIPT, SCRIPT_URL
from dashboard.settings import PROJECT_ROOT


async def _plotly(request: object) -> FileResponse:
    return FileResponse(
        SCRIPT,
        media_type="text/javascript",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def serve(host: str, port: int) -> None:
    """Serve the pages on `host`:`port` until stopped."""
    # Streamlit reads .streamlit/config.toml from the working directory.
    os.chdir(PROJECT_ROOT)
    app = st.App(PROJECT_ROOT / "dashboard" / "app.py", routes=[Route(SCRIPT_URL, _plotly)])
    # Streamlit collects garbage after every run; what is imported by now never becomes any.
    gc.collect()
    gc.freeze()
    app.run(config={"server.address": host, "server.port": port})
