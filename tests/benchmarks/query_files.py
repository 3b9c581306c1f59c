"""Where the benchmark's own SQL files are."""

from pathlib import Path

BENCH_QUERIES = Path(__file__).resolve().parent / "queries"
