"""What a source is, and one run of it: how it writes, what it refuses, how far it is."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

from dashboard.errors import InvalidInput
from dashboard.postgres.bulk import Loaded, upsert

# PostgreSQL's classes for a value that cannot be stored: data, integrity, limits.
_REFUSED_VALUE = ("22", "23", "54")


class Show(Protocol):
    """Takes what is being done and, where that is known, the share that is done, from 0 to 1."""

    def __call__(self, stage: str, share: float | None = None) -> None: ...


class Source(Protocol):
    """Something that fills the warehouse; `SOURCES` of `registry.py` lists all there are.

    `key` is the word after `load`, `label` what people call it, `description` one sentence. `examples`
    are command lines, without the program's name. `feeds`: values of `conversations.source` that it
    writes → how *Data health* names them; others are shown as they are.
    """

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def examples(self) -> tuple[str, ...]: ...

    @property
    def feeds(self) -> Mapping[str, str]: ...

    def add_arguments(self, command: argparse.ArgumentParser) -> None:
        """Describe what it takes on the command line."""
        ...

    def load(self, arguments: argparse.Namespace, run: "Load") -> None:
        """Bring everything in that `arguments` name. What cannot be read is refused, the rest loaded.

        Raises `InvalidInput` where nothing can be loaded, and psycopg's errors when the warehouse fails.
        """
        ...


class Load:
    """One run of a source.

    `rows` is what became of all rows, `given` how many there were of each relation, `refused` a line
    for each file, row or record that was not loaded, `files` how many files were begun.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        show: Show = lambda stage, share=None: None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.connection = connection
        self.show, self.say = show, say
        self.rows = Loaded()
        self.given: Counter[str] = Counter()
        self.refused: list[str] = []
        self.files = 0
        self._stage = ""
        self._done = 0

    @property
    def conversations(self) -> int:
        """How many conversations were loaded, those that were there already among them."""
        return self.given["conversations"]

    @contextmanager
    def file(self, path: Path) -> Iterator[None]:
        """One file, in a transaction of its own: all but what is refused within is loaded, or nothing."""
        self.files += 1
        self._stage, self._done = path.name, 0
        self.show(f"{path.name}: reading")
        rows, given = self.rows, self.given.copy()
        with self.refusing(str(path)):
            yield
        self._stage = ""
        if self.given != given:
            self.say(f"{path}: {_summary(self.given - given, rows, self.rows)}")

    @contextmanager
    def refusing(self, where: str) -> Iterator[None]:
        """All that the block writes, or a refusal of `where`, which says the file and the place in it.

        Refused is what `reading` refuses, and what the warehouse cannot store; other errors of the
        warehouse pass through.
        """
        try:
            with self.reading(where), self.transaction():
                yield
        except psycopg.Error as error:
            if not is_refused_value(error):
                raise
            reason = error.diag.message_primary or error
            self.refuse(where, f"the warehouse does not take it: {reason}.")

    @contextmanager
    def reading(self, where: str) -> Iterator[None]:
        """As `refusing`, of a block that writes nothing, and so asks nothing of the warehouse.

        Refused is what cannot be read: `InvalidInput`, `OSError`, `KeyError`, `ValueError`, `TypeError`.
        """
        try:
            yield
        except InvalidInput as error:
            self.refuse(where, str(error))
        except RecursionError:
            self.refuse(where, "is nested too deeply.")
        except OSError as error:
            self.refuse(where, f"cannot be read: {error.strerror}.")
        except KeyError as error:
            self.refuse(where, f"has no {error}.")
        except (ValueError, TypeError) as error:
            self.refuse(where, f"cannot be read: {error}.")

    def refuse(self, where: str, reason: str) -> None:
        """Note that `where` was not loaded; `reason` is a sentence about it."""
        self.refused.append(f"{where}: {reason}")
        self.say(self.refused[-1])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Writes that hold together: where the block raises, its rows are gone and not counted."""
        rows, given = self.rows, self.given.copy()
        try:
            with self.connection.transaction():
                yield
        except BaseException:
            self.rows, self.given = rows, given
            raise

    def write(self, relation: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows of the contract, or bring what is there up to date (`upsert`)."""
        loaded = upsert(self.connection, relation, rows, self._advance)
        self.rows += loaded
        self.given[relation] += loaded.inserted + loaded.updated + loaded.unchanged

    def _advance(self, rows: int) -> None:
        self._done += rows
        self.show(
            f"{self._stage}: {count(self._done, 'row')}"
            if self._stage
            else count(self._done, "row")
        )


def is_refused_value(error: psycopg.Error) -> bool:
    """Whether it is the value that the warehouse does not take, and not the warehouse that fails."""
    return isinstance(error, psycopg.DataError) or (error.sqlstate or "")[:2] in _REFUSED_VALUE


def count(number: int, noun: str) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _summary(given: Counter[str], before: Loaded, after: Loaded) -> str:
    return (
        f"{count(given['conversations'], 'conversation')}, {count(given['spans'], 'span')}"
        f" ({after.inserted - before.inserted:,} rows new, {after.updated - before.updated:,} changed,"
        f" {after.unchanged - before.unchanged:,} unchanged)"
    )
