"""Whether the warehouse holds generated data."""

from dashboard.postgres.read import fetch, query


def is_demo() -> bool:
    """True where `simulate` filled the warehouse."""
    if not fetch(query("lists/has_demo_table.sql"))[0]["has_demo_table"]:
        return False
    return bool(fetch(query("lists/demo.sql")))
