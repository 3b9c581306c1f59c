"""How long calls take, and how often they fail, by system and name."""

import pandas as pd

from dashboard.query.measure import measure
from dashboard.scope import Scope

METRICS = ("latency_p50", "latency_p95", "spans", "api_error_rate")
BY = ("system", "name")


def latency(scope: Scope) -> pd.DataFrame:
    """One row per system and name, the slowest p95 first, what was never timed last.

    Columns: `system`, `name`, `timed` (spans with a duration), `p50`, `p95` (milliseconds, NaN where
    nothing was timed), `spans`, `error_rate` (0..1). The errors of `measure` pass through.
    """
    figures = measure(METRICS, scope, by=BY)
    values = figures.pivot(index=list(BY), columns="metric", values="value")
    timed = figures[figures["metric"] == "latency_p95"].set_index(list(BY))["n"]
    rows = pd.DataFrame(
        {
            "timed": timed.reindex(values.index),
            "p50": pd.to_numeric(values.get("latency_p50")),
            "p95": pd.to_numeric(values.get("latency_p95")),
            "spans": pd.to_numeric(values.get("spans")),
            "error_rate": pd.to_numeric(values.get("api_error_rate")),
        }
    )
    return rows.sort_values(["p95", "spans"], ascending=False, kind="stable").reset_index()
