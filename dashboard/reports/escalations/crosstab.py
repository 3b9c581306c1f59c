"""A count by two dimensions at once: where it gathers, and where more of it than the two explain."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.query.measure import measure
from dashboard.scope import Scope

Value = str | None
Counts = Mapping[tuple[Value, Value], int]

_FEWEST_EXPECTED = 5.0
_CLEAR = 3.3
"""Adjusted residuals beyond it come by chance once in a thousand cells."""


@dataclass(frozen=True)
class Crossed:
    """`counts`: (row, column) → how many, absent where none; `rows` and `columns` the largest first."""

    counts: Counts
    rows: tuple[Value, ...]
    columns: tuple[Value, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def count(self, rows: Collection[Value], columns: Collection[Value]) -> int:
        """How many are in these rows and columns."""
        return sum(self.counts.get((row, column), 0) for row in rows for column in columns)

    def row_total(self, *rows: Value) -> int:
        return self.count(rows, self.columns)

    def column_total(self, *columns: Value) -> int:
        return self.count(self.rows, columns)


@dataclass(frozen=True)
class Excess:
    """A cell with more than `expected`, which is its row's total × its column's share of all."""

    row: Value
    column: Value
    count: int
    expected: float
    residual: float


def crosstab(key: str, scope: Scope, row: str, column: str) -> Crossed:
    """The count `key` by the dimensions `row` and `column`. The errors of `measure` pass through."""
    figures = measure([key], scope, by=[row, column])
    return cross(
        {
            (rows, columns): int(value)
            for rows, columns, value in zip(
                figures[row], figures[column], figures["value"], strict=True
            )
            if value
        }
    )


def cross(counts: Counts) -> Crossed:
    """`counts` with their margins in order."""
    return Crossed(counts, _largest(counts, 0), _largest(counts, 1))


def residuals(found: Crossed) -> list[Excess]:
    """The cells that hold clearly more than their row and column explain, the clearest first.

    By the adjusted residual (Haberman 1973), where at least five are expected.
    """
    total = found.total
    clear = []
    for (row, column), count in found.counts.items():
        in_row, in_column = found.row_total(row), found.column_total(column)
        expected = in_row * in_column / total
        spread = expected * (1 - in_row / total) * (1 - in_column / total)
        if expected >= _FEWEST_EXPECTED and spread > 0:
            residual = (count - expected) / math.sqrt(spread)
            if residual > _CLEAR:
                clear.append(Excess(row, column, count, expected, residual))
    return sorted(clear, key=lambda cell: -cell.residual)


def _largest(counts: Counts, position: int) -> tuple[Value, ...]:
    totals: dict[Any, int] = {}
    for key, count in counts.items():
        totals[key[position]] = totals.get(key[position], 0) + count
    return tuple(sorted(totals, key=lambda value: (-totals[value], value is None, value or "")))
