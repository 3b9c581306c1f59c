"""What a load stores of texts that PostgreSQL cannot hold, and of those that only look like it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.postgres.bulk import upsert
from dashboard.postgres.engines import write_connection
from tests.conftest import Warehouse

ODD = [
    ("plain", "plain"),
    ("a\x00b", "ab"),
    ("half \ud800 a character", "half ? a character"),
    ("Ærøskøbing 🦊", "Ærøskøbing 🦊"),
    (r"said \u0000 and \ud800", r"said \u0000 and \ud800"),
    (r"two \\u0000", r"two \\u0000"),
    ("", ""),
    (None, None),
]


@pytest.mark.parametrize(("given", "kept"), ODD)
def test_texts_and_json_are_stored_alike(warehouse: Warehouse, given: str | None, kept: str | None):
    row: dict[str, Any] = {
        "account_id": "a1",
        "span_id": "s1",
        "trace_id": "t1",
        "origin": "agent",
        "operation": "http",
        "system": "ledger",
        "name": "post",
        "started_at": datetime(2026, 4, 1, tzinfo=UTC),
        "error_message": given,
        "request": {"said": given, "deep": [{f"key {given}": given}], "n": 1.5, "is": True},
        "response": given,
    }
    with write_connection() as connection:
        upsert(connection, "spans", [row])
        stored = connection.execute("select error_message, request, response from spans").fetchone()
    deep = [{f"key {given}" if kept is None else f"key {kept}": kept}]
    assert stored == (kept, {"said": kept, "deep": deep, "n": 1.5, "is": True}, kept)


def test_the_same_row_again_changes_nothing(warehouse: Warehouse):
    row = {
        "account_id": "a2",
        "name": "Ærøskøbing\x00 🦊",
        "created_at": datetime(2026, 4, 1, tzinfo=UTC),
    }
    with write_connection() as connection:
        first, again = (upsert(connection, "accounts", [row]) for _ in range(2))
    assert (first.inserted, again.inserted, again.updated, again.unchanged) == (1, 0, 0, 1)
