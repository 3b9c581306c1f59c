"""One result file into the warehouse: what can be read is loaded, the rest refused by position."""

from pathlib import Path

import psycopg

from dashboard.errors import InvalidInput
from dashboard.sources.base import Load, is_refused_value
from dashboard.sources.tau.episodes import Episode, episode
from dashboard.sources.tau.files import Run, read_run
from dashboard.sources.tau.records import read_record
from dashboard.sources.tau.store import store


def load_file(run: Load, path: Path) -> None:
    """Load `path` in one transaction of its own; the connection must be in none.

    Raises psycopg's errors when the warehouse itself fails; nothing of the file is then loaded.
    """
    with run.file(path):
        numbered = _episodes(run, path, read_run(path))
        try:
            with run.transaction():
                store(run, list(numbered.values()))
        except psycopg.Error as error:
            if not is_refused_value(error):
                raise
            # Find the record that the warehouse does not take, and load the others.
            for number, found in numbered.items():
                with run.refusing(_place(path, number)):
                    store(run, [found])


def _episodes(run: Load, path: Path, results: Run) -> dict[int, Episode]:
    """Every readable record by its position from 1; the same record twice counts once."""
    episodes: dict[int, Episode] = {}
    first: dict[object, int] = {}
    for number, record in enumerate(results.records, start=1):
        with run.reading(_place(path, number)):
            found = episode(read_record(record, results))
            earlier = first.setdefault(found.conversation["conversation_id"], number)
            if earlier == number:
                episodes[number] = found
            elif episodes[earlier] != found:
                raise InvalidInput(f"has the id of record {earlier} and says something else.")
    return episodes


def _place(path: Path, number: int) -> str:
    return f"{path}: record {number}"
