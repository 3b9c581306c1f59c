"""`control-room` is `python -m dashboard`, and either says which version it is."""

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import dashboard
from dashboard.__main__ import main
from dashboard.settings import PROJECT_ROOT

PROJECT = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def said(*command: str, cwd: Path) -> str:
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=60, check=True
    ).stdout


def test_the_command_is_the_module():
    module, _, function = PROJECT["project"]["scripts"]["control-room"].partition(":")
    assert getattr(import_module(module), function) is main


def test_the_module_says_its_version():
    line = said(sys.executable, "-m", "dashboard", "--version", cwd=PROJECT_ROOT)
    assert line == f"Control Room {dashboard.__version__}\n"


def test_the_installed_command_says_the_same_from_any_folder(tmp_path: Path):
    command = Path(sys.executable).with_name("control-room")
    if not command.exists() and not os.environ.get("CI"):
        pytest.skip("not installed here; make test installs it")
    assert (
        said(str(command), "--version", cwd=tmp_path) == f"Control Room {dashboard.__version__}\n"
    )


def test_the_version_stands_in_one_place():
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "dashboard/__init__.py"
