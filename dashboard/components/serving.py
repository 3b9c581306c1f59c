"""The server: Streamlit's own, with the one file its pages need besides."""

import gc
import os
from pathlib import Path

import plotly
import streamlit as st
from starlette.responses import FileResponse
from starlette.routing import Route

from dashboard.settings import PROJECT_ROOT

PLOTLY_PATH = f"/control-room/plotly-{plotly.__version__}.min.js"
"""Where the browser finds Plotly. The version is in the name, so it may be cached for good."""

_PLOTLY_FILE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


async def _plotly(request: object) -> FileResponse:
    return FileResponse(
        _PLOTLY_FILE,
        media_type="text/javascript",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def serve(host: str, port: int) -> None:
    """Serve the pages on `host`:`port` until stopped."""
    # Streamlit reads .streamlit/config.toml from the working directory.
    os.chdir(PROJECT_ROOT)
    app = st.App(PROJECT_ROOT / "dashboard" / "app.py", routes=[Route(PLOTLY_PATH, _plotly)])
    # Streamlit collects garbage after every run; what is imported by now never becomes any.
    gc.collect()
    gc.freeze()
    app.run(config={"server.address": host, "server.port": port})
