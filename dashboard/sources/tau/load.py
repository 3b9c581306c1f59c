"""One result file into the warehouse: what can be read is loaded, the rest refused by position."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from dashboard.errors import InvalidInput
from dashboard.postgres.bulk import Loaded, Progress
from dashboard.sources.tau.episodes import Episode, episode
from dashboard.sources.tau.files import Run, read_run
from dashboard.sources.tau.records import read_record
from dashboard.sources.tau.store import store

# PostgreSQL's classes for a value that cannot be stored: data, integrity, limits.
_REFUSED_VALUE = ("22", "23", "54")


@dataclass
class FileLoad:
    """What became of one file; `refused` has a line for the file, or each record, that was not loaded."""

    conversations: int = 0
    spans: int = 0
    rows: Loaded = field(default_factory=Loaded)
    refused: list[str] = field(default_factory=list)

    def add(self, episodes: Sequence[Episode], rows: Loaded) -> None:
        """Count `episodes` as loaded."""
        self.conversations += len(episodes)
        self.spans += sum(len(found.spans) for found in episodes)
        self.rows += rows


def load_file(
    connection: psycopg.Connection, path: Path, progress: Progress | None = None
) -> FileLoad:
    """Load `path` in one transaction of its own; the connection must be in none.

    Raises psycopg's errors when the warehouse itself fails; nothing of the file is then loaded.
    """
    outcome = FileLoad()
    try:
        run = read_run(path)
    except InvalidInput as refusal:
        outcome.refused.append(f"{path}: {refusal.message}")
        return outcome
    numbered = _episodes(path, run, outcome)
    episodes = list(numbered.values())
    try:
        with connection.transaction():
            rows = store(connection, episodes, progress)
    except psycopg.Error as error:
        if not _is_refused_value(error):
            raise
        _load_one_by_one(connection, path, numbered, outcome)
    else:
        outcome.add(episodes, rows)
    return outcome


def _episodes(path: Path, run: Run, outcome: FileLoad) -> dict[int, Episode]:
    """Every readable record by its position from 1; the same record twice counts once."""
    episodes: dict[int, Episode] = {}
    first: dict[object, int] = {}
    for number, record in enumerate(run.records, start=1):
        with _refusing(path, number, outcome):
            found = episode(read_record(record, run))
            earlier = first.setdefault(found.conversation["conversation_id"], number)
            if earlier == number:
                episodes[number] = found
            elif episodes[earlier] != found:
                raise InvalidInput(f"has the id of record {earlier} and says something else.")
    return episodes


def _load_one_by_one(
    connection: psycopg.Connection, path: Path, numbered: dict[int, Episode], outcome: FileLoad
) -> None:
    """Find the record that the warehouse does not take, and load the others."""
    with connection.transaction():
        for number, found in numbered.items():
            with _refusing(path, number, outcome), connection.transaction():
                outcome.add([found], store(connection, [found]))


@contextmanager
def _refusing(path: Path, number: int, outcome: FileLoad) -> Iterator[None]:
    try:
        yield
    except InvalidInput as refusal:
        reason = refusal.message
    except RecursionError:
        reason = "is nested too deeply."
    except psycopg.Error as error:
        if not _is_refused_value(error):
            raise
        reason = f"the warehouse does not take it: {error.diag.message_primary or error}."
    else:
        return
    outcome.refused.append(f"{path}: record {number}: {reason}")


def _is_refused_value(error: psycopg.Error) -> bool:
    return isinstance(error, psycopg.DataError) or (error.sqlstate or "")[:2] in _REFUSED_VALUE
