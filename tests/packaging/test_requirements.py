"""The requirement files are what `make lock` made of pyproject.toml, no more and no less."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = PROJECT["dependencies"]
DEVELOPMENT = [*RUNTIME, *PROJECT["optional-dependencies"]["dev"]]
FILES = [("requirements.txt", RUNTIME), ("requirements-dev.txt", DEVELOPMENT)]


def pinned(file: str) -> dict[str, Requirement]:
    """What a requirement file pins for this interpreter, by canonical name."""
    text = (ROOT / file).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.lstrip().startswith("#"))
    wanted = (Requirement(line) for line in lines)
    return {
        canonicalize_name(each.name): each
        for each in wanted
        if each.marker is None or each.marker.evaluate()
    }


def needed(wanted: Iterable[str]) -> Iterator[Requirement]:
    """`wanted` and, from what the installed packages say, everything that needs."""
    waiting, met = [Requirement(each) for each in wanted], set()
    while waiting:
        found = waiting.pop()
        yield found
        for extra in ("", *sorted(found.extras)):
            if (found.name, extra) in met:
                continue
            met.add((found.name, extra))
            below = [Requirement(each) for each in requires(found.name) or ()]
            waiting += [
                each
                for each in below
                if each.marker is None or each.marker.evaluate({"extra": extra})
            ]


@pytest.mark.parametrize(("file", "wanted"), FILES)
def test_everything_needed_is_pinned_at_a_version_that_will_do(file: str, wanted: list[str]):
    pins = pinned(file)
    for each in needed(wanted):
        pin = pins.get(canonicalize_name(each.name))
        assert pin is not None, f"{each} is not in {file}: run make lock"
        [exact] = pin.specifier
        assert exact.operator == "=="
        assert each.specifier.contains(exact.version, prereleases=True), f"{pin} is not {each}"


@pytest.mark.parametrize(("file", "wanted"), FILES)
def test_nothing_is_pinned_that_nobody_needs(file: str, wanted: list[str]):
    names = {canonicalize_name(each.name) for each in needed(wanted)}
    assert set(pinned(file)) - names == set()


def test_the_tests_run_on_what_is_served():
    served, tested = pinned("requirements.txt"), pinned("requirements-dev.txt")
    for name, pin in served.items():
        assert str(tested[name]) == str(pin)
        assert pin.specifier.contains(version(name)), f"{name} {version(name)} is installed: {pin}"


@pytest.mark.parametrize(("file", "wanted"), FILES)
def test_no_host_is_named(file: str, wanted: list[str]):
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", (ROOT / file).read_text())
