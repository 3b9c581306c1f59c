"""A metric by the values of one dimension."""

from dataclasses import dataclass

import pandas as pd

from dashboard.query.measure import measure
from dashboard.scope import Scope

MOST_SEGMENTS = 12
"""How many a figure can show and still be read."""


@dataclass(frozen=True)
class Breakdown:
    """`rows`: as `measure` gives them, the largest n first; `whole`: the figure of all of them."""

    by: str
    rows: pd.DataFrame
    whole: pd.Series


def breakdown(key: str, scope: Scope, by: str, dating: str = "episode") -> Breakdown:
    """The metric by `by`. The errors of `measure` pass through."""
    rows = measure([key], scope, by=[by], dating=dating)
    rows = rows.sort_values(["n", "value"], ascending=False, kind="stable").reset_index(drop=True)
    return Breakdown(by, rows, measure([key], scope, dating=dating).iloc[0])
