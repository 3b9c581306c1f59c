"""What each table and each index costs on disk, for every episode there is."""

from dataclasses import dataclass

from dashboard.postgres.read import fetch, query
from tests.benchmarks.query_files import BENCH_QUERIES


@dataclass(frozen=True)
class Size:
    """A table, where `index` is None, or one of its indexes."""

    table: str
    index: str | None
    bytes: int


def sizes() -> list[Size]:
    """Every table that holds something, each followed by its indexes. Raises the errors of `fetch`."""
    return [
        Size(row["table_name"], row["index_name"], row["bytes"])
        for row in fetch(query(f"{BENCH_QUERIES}/sizes.sql"))
    ]
