"""The recipes of CONTRIBUTING.md: their code, as it stands there, put into a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.layers import ROOT

_PARTS = (
    "dashboard",
    "pages",
    "queries",
    "tests",
    ".streamlit",
    "pyproject.toml",
    "ARCHITECTURE.md",
)


def blocks(section: str) -> list[tuple[str, str]]:
    """The code of one section in order, each with the file that the text before it names last."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (body,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    found = []
    for before, code in re.findall(r"(.*?)^```\w*\n(.*?)^```$", body, re.M | re.S):
        found.append((re.findall(r"`([\w./]+\.\w+)`", before)[-1], code))
    return found


class Copy:
    """A copy of the project that a recipe is tried in, against the warehouse of this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _PARTS:
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copy(source, folder / name)

    def write(self, path: str, code: str) -> None:
        """A new file; what is there must not be written over."""
        file = self.folder / path
        assert not file.exists(), path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code, encoding="utf-8")

    def insert(self, path: str, code: str, before: str) -> None:
        """Lines put in front of the one place in `path` that reads `before`."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, (path, before)
        file.write_text(text.replace(before, code + before), encoding="utf-8")

    def run(self, *command: str) -> str:
        """What Python prints for `command` (after `python`) in the copy; its errors fail the test."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
