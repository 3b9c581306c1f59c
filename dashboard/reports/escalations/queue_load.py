"""Every queue's load: handoffs, waiting, time to human and unanswered."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Select, column, func, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.reports.escalations.time_to_human import QUANTILES, Curve
from dashboard.scope import Scope

OVER_WINDOW = ["escalations", "unanswered_rate"]
AT_INSTANT = ["open_handoffs"]
WAITS = {f"time_to_human_p{100 * q:.0f}": q for q in QUANTILES}
"""Metric → which quantile of the queue's curve it is."""

_WAITING = FACTS["waiting_handoffs"]


@dataclass(frozen=True)
class Queue:
    """One queue, None for handoffs without one.

    `figures`: metric → its row as `measure` gives it, absent where the queue had none.
    `waits`: metric → seconds by which its share is answered, None where it is unknown.
    `longest_wait`: seconds of the longest wait, None when there is none.
    """

    queue: str | None
    figures: dict[str, pd.Series]
    waits: dict[str, float | None]
    longest_wait: float | None

    def count(self, key: str, field: str = "value") -> int:
        """A figure's number that counts something; 0 where the queue had none."""
        return int(self.figures[key][field]) if key in self.figures else 0

    def value(self, key: str) -> float | None:
        """A figure's value, None where it is unknown."""
        found = self.figures[key]["value"] if key in self.figures else None
        return None if found is None or pd.isna(found) else float(found)


def queue_load(scope: Scope, curves: Mapping[str | None, Curve]) -> list[Queue]:
    """The queues, the one with most handoffs first; `curves` are theirs, from `time_to_human.curves`.

    The errors of `measure` pass through.
    """
    figures = pd.concat([measure(keys, scope, by=["queue"]) for keys in (OVER_WINDOW, AT_INSTANT)])
    by_queue: dict[str | None, dict[str, pd.Series]] = {}
    for _, row in figures.iterrows():
        by_queue.setdefault(row["queue"], {})[row["metric"]] = row
    waits = {row["queue"]: row["longest"] for row in fetch(longest_waits_statement(scope))}
    queues = [
        Queue(
            queue,
            rows,
            _quantiles(curves.get(queue)),
            float(waits[queue]) if queue in waits else None,
        )
        for queue, rows in by_queue.items()
    ]
    return sorted(
        queues, key=lambda q: (-q.count("escalations"), -q.count("open_handoffs"), q.queue or "")
    )


def _quantiles(curve: Curve | None) -> dict[str, float | None]:
    return {key: curve.quantiles[q].value if curve else None for key, q in WAITS.items()}


def longest_waits_statement(scope: Scope) -> Select:
    """The oldest wait of each queue at the end of `scope`."""
    return (
        select(
            column("handoff_queue").label("queue"), func.max(column("waited_s")).label("longest")
        )
        .select_from(rows_of(_WAITING, scope))
        .where(*conditions(_WAITING, scope.filters))
        .group_by(column("handoff_queue"))
    )
