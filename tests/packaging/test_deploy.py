"""The examples in deploy/ start what is installed and lead to where it serves."""

import re
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest

from dashboard.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def service() -> ConfigParser:
    unit = ConfigParser(interpolation=None, delimiters=("=",), strict=True)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # as its documentation has it
    unit.read(ROOT / "deploy" / "control-room.service", encoding="utf-8")
    return unit


def test_the_unit_starts_the_installed_command(service: ConfigParser):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    started = Path(service["Service"]["ExecStart"])
    assert started.name in project["scripts"]
    assert started.parent == Path(service["Service"]["WorkingDirectory"], ".venv", "bin")


def test_the_warehouse_is_kept_where_the_unit_may_write(service: ConfigParser):
    name, _, home = service["Service"]["Environment"].partition("=")
    assert read_settings({name: home}).home == Path(
        "/var/lib", service["Service"]["StateDirectory"]
    )


def test_nginx_leads_to_where_control_room_serves_by_itself():
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    default = read_settings({})
    assert re.findall(r"proxy_pass (\S+);", text) == [f"http://{default.host}:{default.port}"]
