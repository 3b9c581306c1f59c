"""A list as a CSV file that a spreadsheet can open without running anything in it."""

import csv
import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, column, func, select, table

from dashboard.postgres.read import fetch
from dashboard.reports.conversations.calls import failed_calls
from dashboard.reports.conversations.question import Question
from dashboard.reports.conversations.rows import COLUMNS, FURTHER, matching, ordered
from dashboard.scope import Scope

MOST_ROWS = 50_000
"""How many conversations one file holds; the page says so where there are more."""

_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_COLUMNS = ("account_id", "account_name", *COLUMNS[1:-1], "failed_spans")
_HEADER = {one.column: one.key for one in FURTHER}


def export(question: Question, now: datetime) -> bytes:
    """All conversations of the list, in its order, at most `MOST_ROWS`, as UTF-8 with a header.

    Times are ISO 8601 with the reporting time zone's offset. A text that a spreadsheet would take for
    a formula stands behind an apostrophe; numbers stay numbers. Raises the errors of `fetch`.
    """
    scope = question.scope(now)
    zone = ZoneInfo(scope.time_zone)
    written = io.StringIO()
    # The mark tells spreadsheets that the file is UTF-8.
    written.write("\ufeff")
    lines = csv.writer(written)
    lines.writerow(_HEADER.get(name, name) for name in CSV_COLUMNS)
    for row in fetch(_all_rows(question, scope)):
        lines.writerow(_cell(row[name], zone) for name in CSV_COLUMNS)
    return written.getvalue().encode("utf-8")


def _all_rows(question: Question, scope: Scope) -> Select:
    listed = matching(question, scope)
    accounts = table("accounts", column("account_id"), column("name"))
    failures = failed_calls(scope, frame=5).subquery("failures")
    source = listed.outerjoin(accounts, accounts.c.account_id == listed.c.account_id).outerjoin(
        failures,
        (failures.c.account_id == listed.c.account_id)
        & (failures.c.conversation_id == listed.c.conversation_id),
    )
    names: dict[str, ColumnElement] = {
        "account_name": accounts.c.name,
        "failed_spans": func.coalesce(failures.c.failed_spans, 0),
    }
    return (
        select(
            *(
                (names[name] if name in names else listed.c[name]).label(name)
                for name in CSV_COLUMNS
            )
        )
        .select_from(source)
        .order_by(*ordered(question, listed))
        .limit(MOST_ROWS)
    )


def _cell(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    if isinstance(value, str) and value.lstrip(" ").startswith(_ACTIVE):
        return f"'{value}"
    return value
