"""Generated rows by column, what of them is visible at an instant, and the way into PostgreSQL."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isnan

import numpy as np

from dashboard.postgres.contract import relations

# A column that says when something became known, and the columns that become known with it.
_KNOWN_WITH: dict[str, tuple[str, ...]] = {
    "first_ai_reply_at": (),
    "handoff_at": ("handoff_reason", "handoff_queue"),
    "first_human_reply_at": (),
    "ended_at": ("closing_signal",),
    "rated_at": ("rating", "rating_comment"),
}
_NEVER = np.datetime64("NaT")
NULL = np.array(None, dtype=object)
"""What `np.where` puts where nothing is known."""


@dataclass
class Table:
    """Rows of one relation.

    `columns` maps a column's name to an array of one value a row: datetime64 for times (NaT is
    null), float for numbers (NaN is null), bool, or object (None is null; jsonb as JSON text).
    `visible_at` is when each row reached the warehouse. `lag` is set where a row grows: how long
    after each of its events the warehouse knew.
    """

    relation: str
    columns: dict[str, np.ndarray]
    visible_at: np.ndarray
    lag: np.ndarray | None = field(default=None)

    def __len__(self) -> int:
        return len(self.visible_at)

    def at(self, instant: np.datetime64) -> "Table":
        """The rows as the warehouse held them at `instant`: nothing later, in no column."""
        if len(self) and (self.visible_at > instant).any():
            return self._rows(self.visible_at <= instant).at(instant)
        if self.lag is None:
            return self
        columns = dict(self.columns)
        for event, others in _KNOWN_WITH.items():
            unknown = ~(columns[event] + self.lag <= instant)
            columns[event] = np.where(unknown, _NEVER, columns[event])
            for other in others:
                columns[other] = np.where(unknown, NULL, columns[other])
        return Table(self.relation, columns, self.visible_at, self.lag)

    def changed(self, since: np.datetime64, until: np.datetime64) -> "Table":
        """Rows that are new or different at `until` compared with `since`, as they are at `until`."""
        arrived = [self.visible_at]
        if self.lag is not None:
            arrived += [self.columns[event] + self.lag for event in _KNOWN_WITH]
        touched = np.zeros(len(self), dtype=bool)
        for when in arrived:
            touched |= (when > since) & (when <= until)
        return self._rows(touched).at(until)

    def loaded_at(self) -> np.ndarray:
        """When the last thing known about each row reached the warehouse."""
        if self.lag is None:
            return self.visible_at
        events = [self.columns[event] + self.lag for event in _KNOWN_WITH]
        return np.fmax.reduce([self.visible_at, *events])

    def copy_text(self) -> bytes:
        """The rows in PostgreSQL's text format for COPY, columns in the contract's order."""
        relation = relations()[self.relation]
        texts = []
        for column in relation.columns:
            stamped = column.name == "loaded_at"
            values = self.loaded_at() if stamped else self.columns.get(column.name)
            if values is not None:
                texts.append(_copy_column(values))
        if not len(self):
            return b""
        return ("\n".join(map("\t".join, zip(*texts, strict=True))) + "\n").encode()

    def column_names(self) -> list[str]:
        """The columns of `copy_text`, in its order."""
        names = relations()[self.relation].column_names()
        return [name for name in names if name in self.columns or name == "loaded_at"]

    def as_dicts(self) -> Iterator[dict[str, object]]:
        """The rows as `bulk.upsert` takes them, without `loaded_at`."""
        kinds = {column.name: column.type for column in relations()[self.relation].columns}
        values = [_python_column(self.columns[name], kinds[name]) for name in self.columns]
        for row in zip(*values, strict=True):
            yield dict(zip(self.columns, row, strict=True))

    def _rows(self, chosen: np.ndarray) -> "Table":
        return Table(
            self.relation,
            {name: values[chosen] for name, values in self.columns.items()},
            self.visible_at[chosen],
            None if self.lag is None else self.lag[chosen],
        )


def _copy_column(values: np.ndarray) -> list[str]:
    if values.dtype.kind == "M":
        texts = np.datetime_as_string(values, timezone="UTC").tolist()
        return ["\\N" if text == "NaT" else text for text in texts]
    if values.dtype.kind == "b":
        return ["t" if value else "f" for value in values.tolist()]
    if values.dtype.kind == "f":
        return ["\\N" if isnan(value) else repr(value) for value in values.tolist()]
    if values.dtype.kind in "iu":
        return list(map(str, values.tolist()))
    return [
        "\\N" if value is None else _escaped(value) if isinstance(value, str) else str(value)
        for value in values.tolist()
    ]


def _escaped(text: str) -> str:
    if "\\" in text or "\n" in text or "\t" in text:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return text


def _python_column(values: np.ndarray, kind: str) -> list[object]:
    if values.dtype.kind == "M":
        moments = values.astype("datetime64[us]").tolist()
        return [None if moment is None else _in_utc(moment) for moment in moments]
    if values.dtype.kind == "f":
        return [None if isnan(value) else value for value in values.tolist()]
    if kind == "jsonb":
        return [None if value is None else json.loads(value) for value in values.tolist()]
    return values.tolist()


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
