"""Plotly for the browser, from the package that is installed anyway."""

from pathlib import Path

import plotly

SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
SCRIPT_URL = f"/control-room/plotly-{plotly.__version__}.min.js"
"""The version is in the name, so a browser may keep it for good."""
