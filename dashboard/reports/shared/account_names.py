"""Accounts by the names that people know them by."""

import pandas as pd

from dashboard.postgres.read import fetch, query


def with_account_names(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with `account_name` beside `account_id`: the id again where the warehouse has no name."""
    accounts = sorted(set(rows["account_id"]))
    names = fetch(query("lists/account_names.sql"), {"accounts": accounts}) if accounts else []
    named = {row["account_id"]: row["name"] for row in names}
    return rows.assign(account_name=[named.get(key) or key for key in rows["account_id"]])
