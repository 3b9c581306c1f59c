"""The changelog's newest entry is the version that is here."""

import re
from itertools import pairwise
from pathlib import Path

from packaging.version import Version

import dashboard

TEXT = (Path(__file__).resolve().parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
_HEADING = re.compile(r"\[(\d+\.\d+\.\d+)\] - (Unreleased|\d{4}-\d{2}-\d{2})")
_KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_version_says_when_it_came():
    assert [heading for heading in HEADINGS if not _HEADING.fullmatch(heading)] == []


def test_the_newest_is_the_version_that_is_here():
    versions = [Version(found[1]) for found in map(_HEADING.match, HEADINGS) if found]
    assert versions[0] == Version(dashboard.__version__)
    assert all(newer > older for newer, older in pairwise(versions))


def test_changes_stand_under_the_kinds_of_keep_a_changelog():
    assert set(re.findall(r"^### (.*)$", TEXT, re.MULTILINE)) <= _KINDS
