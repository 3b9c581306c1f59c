"""Which interpreters `make test-all` finds."""

from pathlib import Path

import pytest

from tests.packaging.every_python import VERSIONS, interpreter, main


def command(path: Path, version: str, code: int = 0) -> str:
    """A stand-in that says it is Python `version`, or fails as pyenv's empty commands do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "PYENV_ROOT": str(tmp_path / "pyenv")}


def test_by_its_name_on_the_path(tmp_path: Path, environment: dict[str, str]):
    expected = command(tmp_path / "bin" / "python3.12", "3.12")
    command(tmp_path / "pyenv" / "versions" / "3.12.1" / "bin" / "python", "3.12")
    assert interpreter("3.12", environment) == expected


def test_behind_a_command_that_leads_nowhere_the_newest_of_pyenv(
    tmp_path: Path, environment: dict[str, str]
):
    command(tmp_path / "bin" / "python3.12", "pyenv: python3.12: command not found", 127)
    command(tmp_path / "pyenv" / "versions" / "3.12.9" / "bin" / "python", "3.12")
    expected = command(tmp_path / "pyenv" / "versions" / "3.12.10" / "bin" / "python", "3.12")
    command(tmp_path / "pyenv" / "versions" / "3.12-dev" / "bin" / "python", "3.12")
    assert interpreter("3.12", environment) == expected


def test_none_where_there_is_none(tmp_path: Path, environment: dict[str, str]):
    command(tmp_path / "bin" / "python3.1", "3.1")
    command(tmp_path / "pyenv" / "versions" / "3.11.7" / "bin" / "python", "3.11")
    assert interpreter("3.12", environment) is None


@pytest.mark.parametrize(("code", "expected"), [("0", 0), ("1", 1)])
def test_each_is_tested_in_a_venv_of_its_own_and_the_rest_named(
    tmp_path: Path,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    code: str,
    expected: int,
):
    python = command(tmp_path / "bin" / "python3.12", "3.12")
    command(tmp_path / "bin" / "make", '"make $*"', int(code))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main() == expected
    said = capfd.readouterr().out.splitlines()
    assert f"make test PYTHON={python} VENV=.venv-3.12" in said
    assert f"Python 3.12: {'failed' if expected else 'passed'}" in said
    skipped = [each for each in VERSIONS if each != "3.12"]
    assert [f"Python {each}: not on this machine, skipped" in said for each in skipped] == [
        True
    ] * 3


def test_without_any_nothing_has_passed(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main() == 1
