"""An empty warehouse for each test of an importer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from dashboard.postgres.contract import relations
from dashboard.postgres.engines import dispose_engines, write_connection
from dashboard.sources.base import Load
from dashboard.sources.tau.load import load_file


class TauWarehouse:
    """Loads documents as result files and reads back what is stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, document: object, name: str = "results.json") -> Path:
        path = self._folder / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    def load(self, document: object, name: str = "results.json") -> Load:
        return self.load_path(self.file(document, name))

    def load_path(self, path: Path) -> Load:
        with write_connection() as connection:
            run = Load(connection)
            load_file(run, path)
        return run

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with write_connection() as connection:
            return connection.cursor(row_factory=dict_row).execute(query, values or None).fetchall()

    def row(self, query: str, *values: object) -> dict[str, Any]:
        (only,) = self.rows(query, *values)
        return only

    def run(self, statement: str) -> None:
        with write_connection() as connection:
            connection.execute(statement)

    def everything(self) -> dict[str, list[str]]:
        """Every row of every relation as text, `loaded_at` included."""
        return {
            name: sorted(row["line"] for row in self.rows(f"select t::text as line from {name} t"))
            for name in relations()
        }


@pytest.fixture(scope="module")
def tau_database(new_warehouse: Callable[[str], Any]) -> str:
    return new_warehouse("tau").url


@pytest.fixture
def tau_warehouse(
    tau_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> TauWarehouse:
    with psycopg.connect(tau_database, autocommit=True) as connection:
        names = ", ".join(f"support.{name}" for name in relations())
        connection.execute(f"truncate {names}")
    # A test may have pointed the product somewhere else.
    monkeypatch.setenv("WAREHOUSE_URL", tau_database)
    dispose_engines()
    return TauWarehouse(tmp_path)
