"""Rows on their way in: by the columns that they name, with every name held to the contract's."""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from dashboard.errors import InvalidInput
from dashboard.postgres.contract import Relation, relations

Row = Mapping[str, object]
Values = list[object]
"""One row's values, in the order of its group's columns."""

_LOADED_AT = "loaded_at"


def relation_named(name: str) -> Relation:
    """The contract's relation of that name. Raises `InvalidInput`, with the nearest one there is."""
    if name not in relations():
        raise InvalidInput(f"The contract has no relation {name!r}.", nearest(name, relations()))
    return relations()[name]


def nearest(name: str, names: Iterable[str]) -> str:
    """A question after the name that may have been meant, empty where none is near."""
    near = difflib.get_close_matches(name, list(names), n=1)
    return f"Did you mean {near[0]}?" if near else ""


class IncomingRows:
    """`rows` by the columns that they name, a group after the other.

    Those with the columns of the first row pass through as they come, the others are put aside until
    then. So when the first group has passed every row has been looked at: `refusal` is then what is
    wrong with one of them, else None. `loaded_at` is the load's own, whatever a row says.
    """

    def __init__(self, target: Relation, rows: Iterable[Row]) -> None:
        self.refusal: InvalidInput | None = None
        self._target = target
        self._rows = iter(rows)
        self._aside: dict[frozenset[str], list[Row]] = {}

    def groups(self) -> Iterator[tuple[list[str], Iterator[Values]]]:
        """The columns of each group, and its rows, which are to be read to their end before the next."""
        first = next(self._rows, None)
        if first is None or (names := self._names(first)) is None:
            return
        yield names, self._passing(names, first)
        if self.refusal:
            return
        for rows in self._aside.values():
            yield (columns := self._own(rows[0])), self._values(columns, rows)

    def _passing(self, names: list[str], first: Row) -> Iterator[Values]:
        columns = frozenset(names)
        own_shape, other_shapes = tuple(first), dict[tuple[str, ...], frozenset[str]]()
        is_whole = len(own_shape) == len(names)
        yield [first[name] for name in names]
        for row in self._rows:
            shape = tuple(row)
            if shape == own_shape:
                yield list(row.values()) if is_whole else [row[name] for name in names]
                continue
            if shape not in other_shapes:
                named = self._names(row)
                if named is None:
                    return
                other_shapes[shape] = frozenset(named)
            if other_shapes[shape] == columns:
                yield [row[name] for name in names]
            else:
                self._aside.setdefault(other_shapes[shape], []).append(row)

    def _names(self, row: Row) -> list[str] | None:
        """The columns that a row names; None where it may not, with the `refusal` set."""
        target = self._target
        known = target.column_names()
        for name in row:
            if name not in known:
                self.refusal = InvalidInput(
                    f"{target.name} has no column {name!r}.", nearest(name, known)
                )
        for name in target.key:
            if name not in row:
                self.refusal = InvalidInput(
                    f"A row of {target.name} lacks {name}, which is part of its key."
                )
        return None if self.refusal else self._own(row)

    @staticmethod
    def _own(row: Row) -> list[str]:
        return [name for name in row if name != _LOADED_AT]

    @staticmethod
    def _values(names: list[str], rows: Iterable[Row]) -> Iterator[Values]:
        return ([row[name] for name in names] for row in rows)


def lacking(target: Relation, names: Sequence[str]) -> list[str]:
    """The columns that a new row has to have and that are not among `names`, by name."""
    return sorted(
        column.name
        for column in target.columns
        if column.is_required and column.default is None and column.name not in names
    )


def stored(target: Relation, names: Sequence[str], rows: Iterable[Values]) -> Iterator[Values]:
    """Rows of values in the order of `names`, in the form in which their columns' types are stored."""
    kinds = {column.name: column.type for column in target.columns}
    changes = [(i, _STORED[kinds[name]]) for i, name in enumerate(names) if kinds[name] in _STORED]
    for row in rows:
        for i, change in changes:
            row[i] = change(row[i])
        yield row


def _text(value: object) -> object:
    # Nearly all text is plain, and asked so once; a million times is a third of a load's time.
    if value is None or (isinstance(value, str) and value.isascii() and "\x00" not in value):
        return value
    return _without_nul(value)


def _json(value: object) -> str | None:
    if value is None:
        return None
    text = json.dumps(value)
    # What cannot be held, or half of a character beyond the first plane, stands in JSON as an escape.
    if "\\u0000" in text or "\\ud" in text:
        return json.dumps(_without_nul(value))
    return text


_STORED: dict[str, Callable[[object], object]] = {"text": _text, "jsonb": _json}
"""Type of a column → how its values are stored; values of the others as they are."""


def _without_nul(value: object) -> object:
    if isinstance(value, str):
        # A lone surrogate has no UTF-8 form; both it and NUL would abort the whole load.
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value
