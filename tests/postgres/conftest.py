"""Empty databases, and migrations planted behind those that there are."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.postgres import migrations
from dashboard.postgres.engines import dispose_engines
from dashboard.postgres.migrations import CONTRACT, known
from dashboard.rollups.usable_days import clear_days_cache
from tests.conftest import Warehouse
from tests.databases import Databases


@pytest.fixture
def database(
    server: Databases, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Warehouse]]:
    """Makes an empty database and points the product at it."""
    made = []

    def make(name: str) -> Warehouse:
        made.append(f"postgres_{name}_{os.getpid()}")
        url = server.make(made[-1])
        monkeypatch.setenv("WAREHOUSE_URL", url)
        dispose_engines()
        clear_days_cache()
        return Warehouse(url)

    yield make
    monkeypatch.undo()
    dispose_engines()
    clear_days_cache()
    for name in made:
        server.drop(name)


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Adds migrations of the contract to those that there are; returns the folder of all."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    monkeypatch.setattr(migrations, "FOLDER", folder)

    def add(*texts: str) -> Path:
        for text in texts:
            number = len(known(CONTRACT)) + 1
            (folder / CONTRACT / f"{number:04}_planted.sql").write_text(text)
        return folder

    return add
