"""The resolution funnel: eligible → involved → answered → resolved → durable, each inside the last."""

from dataclasses import dataclass

import pandas as pd

from dashboard.query.measure import measure
from dashboard.scope import Scope

_WINDOW = "72h"
_STEPS = (
    # label, metric, part of it that the step counts
    ("Eligible", "involved_rate", "denominator"),
    ("Involved", "involved_rate", "numerator"),
    ("Answered", "answered_rate", "numerator"),
    ("Resolved", "resolution_rate", "numerator"),
    ("Durable 72 h", f"durable_resolution_rate_{_WINDOW}", "numerator"),
)


@dataclass(frozen=True)
class Step:
    """One step: how many episodes reach it, and which part of which metric lists them.

    `undecided`: how many more may still reach it (open, or too young for the durable figure).
    """

    label: str
    metric: str
    part: str
    count: int
    undecided: int = 0


def funnel(scope: Scope) -> list[Step]:
    """The steps in order. The errors of `measure` pass through."""
    keys = list(dict.fromkeys(metric for _, metric, _ in _STEPS))
    figures = measure(keys, scope).set_index("metric")
    steps = [
        Step(label, metric, part, int(figures.loc[metric, part])) for label, metric, part in _STEPS
    ]
    durable = figures.loc[_STEPS[-1][1]]
    resolved = steps[-2].count
    if not pd.isna(durable["most"]) and resolved:
        most = round(durable["most"] * resolved)
        steps[-1] = Step(*_STEPS[-1], steps[-1].count, most - steps[-1].count)
    return steps
