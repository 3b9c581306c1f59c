"""Imports point down only, and each outside library stays in its layer."""

import pytest

from tests.layers import ROOT, SOURCES, layer_of, module_of, violations


@pytest.mark.parametrize("path", SOURCES)
def test_imports_point_down(path: str):
    assert violations(path, (ROOT / path).read_text(encoding="utf-8")) == []


def test_there_is_something_to_read():
    assert {layer_of(module_of(path)) for path in SOURCES} >= {"base", "metrics", "query"}


@pytest.mark.parametrize(
    ("path", "planted"),
    [
        ("dashboard/metrics/x.py", "from dashboard.postgres.read import read"),
        ("dashboard/metrics/x.py", "import dashboard.postgres.read"),
        ("dashboard/metrics/x.py", "from dashboard import query"),
        ("dashboard/metrics/x.py", "from ..postgres import read"),
        ("dashboard/metrics/__init__.py", "from ..postgres import read"),
        ("dashboard/metrics/x.py", "def f():\n    from dashboard.postgres import read"),
        ("dashboard/metrics/x.py", "if TYPE_CHECKING:\n    import dashboard.query"),
        ("dashboard/metrics/x.py", "import_module('dashboard.query')"),
        ("dashboard/scope.py", "from dashboard.metrics.facts import Fact"),
        ("dashboard/postgres/x.py", "from dashboard.reports.wall.wall import wall"),
        ("dashboard/postgres/x.py", "from dashboard.sources.demo import live"),
        ("dashboard/reports/x.py", "from dashboard.charts.wall import figure"),
        ("dashboard/charts/x.py", "from dashboard.reports.wall.wall import wall"),
        ("dashboard/components/x.py", "import pages.control_room"),
        ("dashboard/components/x.py", "from dashboard.sources.demo import live"),
        ("dashboard/reports/x.py", "from tests.benchmarks.pages import pages"),
        ("dashboard/stats/x.py", "from dashboard.metrics.metric import Metric"),
        ("dashboard/metrics/x.py", "from dashboard.rollups.definitions import GROUPS"),
        ("dashboard/postgres/x.py", "from dashboard.rollups.builder import roll_up"),
        ("dashboard/rollups/x.py", "from dashboard.query.measure import measure"),
        ("dashboard/sources/x.py", "from dashboard.reports.wall.wall import wall"),
        ("pages/x.py", "from dashboard.cli import measure"),
        ("pages/x.py", "from dashboard.sources import tau"),
        ("pages/x.py", "from pages import control_room"),
        ("pages/x.py", "from dashboard import app"),
        ("pages/x.py", "from dashboard.leftovers import thing"),
        ("dashboard/leftovers.py", "x = 1"),
        ("dashboard/reports/x.py", "import streamlit as st"),
        ("dashboard/reports/x.py", "from streamlit.components import v1"),
        ("dashboard/cli/x.py", "import streamlit.web.cli"),
        ("dashboard/components/x.py", "import plotly.graph_objects as go"),
        ("dashboard/reports/x.py", "from plotly import graph_objects"),
        ("dashboard/reports/x.py", "from sqlalchemy import create_engine"),
        ("dashboard/sources/x.py", "import sqlalchemy as sa\nsa.create_engine(url)"),
        ("dashboard/postgres/x.py", "import os\nos.environ['X']"),
        ("pages/x.py", "import os\nos.getenv('X')"),
        ("dashboard/reports/x.py", "from os import environ"),
    ],
)
def test_a_planted_violation_is_found(path: str, planted: str):
    assert violations(path, planted)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (
            "dashboard/metrics/x.py",
            "from dashboard.scope import Scope\nfrom sqlalchemy import select",
        ),
        ("dashboard/metrics/x.py", "from .facts import FACTS\nfrom ..errors import ScopeInvalid"),
        ("dashboard/postgres/x.py", "from sqlalchemy import create_engine"),
        ("dashboard/charts/x.py", "import plotly.graph_objects as go"),
        ("dashboard/components/x.py", "import streamlit as st\nfrom dashboard.charts import wall"),
        (
            "dashboard/app.py",
            "import streamlit as st\nfrom dashboard.components.shared.page import page",
        ),
        ("pages/x.py", "import streamlit as st\nfrom dashboard.reports.wall.wall import wall"),
        ("dashboard/sources/demo/x.py", "from dashboard.sources.demo.world import World"),
        ("dashboard/cli/x.py", "from dashboard.sources.tau import load"),
        ("dashboard/rollups/x.py", "from dashboard.metrics.registry import METRICS"),
        ("dashboard/__main__.py", "import os\nfrom dashboard.cli import run\nrun.main(os.environ)"),
        ("dashboard/settings.py", "import os\nread_settings(os.environ)"),
        ("dashboard/reports/x.py", "environment = 'os.environ'"),
    ],
)
def test_what_is_allowed_is_let_through(path: str, allowed: str):
    assert violations(path, allowed) == []
