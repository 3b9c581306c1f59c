"""The accounts at risk at an instant: how many, and those that pay most."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Select, column, func, select

from dashboard.metrics.facts import FACTS
from dashboard.metrics.sql import conditions, rows_of
from dashboard.postgres.read import read
from dashboard.reports.shared.account_names import with_account_names
from dashboard.scope import Scope

_COUNT = "count"


@dataclass(frozen=True)
class AtRisk:
    """`count`: all of them. `rows`: those that pay most first, a row each, with the account's name."""

    count: int
    rows: pd.DataFrame


def accounts_at_risk(scope: Scope, most: int) -> AtRisk:
    """Those at the end of `scope`, in one question. The errors of `fetch` pass through."""
    fact = FACTS["accounts_at_risk"]
    at_risk: Select = (
        select(
            *map(
                column,
                (
                    "account_id",
                    "conversation_id",
                    "failed_at",
                    "system",
                    "name",
                    "error_type",
                    "plan",
                    "monthly_revenue",
                ),
            ),
            func.count().over().label(_COUNT),
        )
        .select_from(rows_of(fact, scope))
        .where(*conditions(fact, scope.filters))
        .order_by(column("monthly_revenue").desc().nulls_last(), column("account_id"))
        .limit(most)
    )
    rows = read(at_risk)
    count = int(rows[_COUNT].iloc[0]) if len(rows) else 0
    return AtRisk(count, with_account_names(rows.drop(columns=_COUNT)))
