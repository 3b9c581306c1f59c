"""The export: all of the list, and nothing in it that a spreadsheet would run."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from dashboard.reports.conversations import csv as conversations_csv
from dashboard.reports.conversations.csv import CSV_COLUMNS, MOST_ROWS, export
from dashboard.reports.conversations.question import Question
from dashboard.scope_url import OpenScope
from tests.conftest import Warehouse, at, conversation, span

DANGEROUS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\n=x", "＝1", "  =1"]
HARMLESS = ["a=b", "1-2", "x@y.z", "'=1", '"quoted", with comma', "two\nlines", "=".join("ab"), "ä"]


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    texts = [*DANGEROUS, *HARMLESS]
    warehouse.add("accounts", [{"account_id": f"={i}", "name": t} for i, t in enumerate(texts)])
    warehouse.add(
        "conversations",
        [
            conversation(
                f"{i:02}",
                at(i),
                account_id=f"={i}",
                subject=text,
                topic=text,
                contact_name=text,
                language=text,
                agent_version=text,
                rating=i % 5 + 1,
                rated_at=at(i),
                handoff_at=at(i),
                rating_comment=text,
                handoff_queue=text,
                source=text,
                channel=text,
            )
            for i, text in enumerate(texts)
        ],
    )
    warehouse.add(
        "spans", [span("f", at(1), account_id="=1", conversation_id="c01", error_type="x")]
    )


def exported(zone: str = "UTC", **asked) -> list[dict[str, str]]:
    scope = OpenScope(None, at(0), at(100), at(99), zone)
    content = export(Question(scope, sort="oldest", **asked), at(99)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_a_cell_that_a_spreadsheet_would_run_stands_behind_an_apostrophe():
    rows = exported()
    columns = (
        "account_name",
        "subject",
        "topic",
        "contact_name",
        "language",
        "agent_version",
        "rating_comment",
        "handoff_queue",
        "source",
        "channel",
    )
    for row, text in zip(rows, [*DANGEROUS, *HARMLESS], strict=True):
        expected = f"'{text}" if text in DANGEROUS else text
        assert {row[column] for column in columns} == {expected}
        assert row["account_id"].startswith("'=")


def test_no_cell_at_all_starts_with_a_formula():
    for row in exported():
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_numbers_stay_numbers():
    zone = ZoneInfo("UTC")
    assert [conversations_csv._cell(value, zone) for value in (-5, -0.5, Decimal(-1), None, 3)] == [
        -5,
        -0.5,
        Decimal(-1),
        None,
        3,
    ]
    rows = exported()
    assert (rows[0]["rating"], rows[1]["failed_spans"], rows[2]["failed_spans"]) == ("1", "1", "0")


def test_times_are_iso_with_the_reporting_time_zone_s_offset():
    assert exported()[1]["started_at"] == "2026-03-02T01:00:00+00:00"
    assert exported("Europe/Berlin")[1]["started_at"] == "2026-03-02T02:00:00+01:00"
    assert exported()[0]["ended_at"] == ""


def test_it_holds_the_list_s_rows_in_its_order():
    assert list(exported()[0]) == list(CSV_COLUMNS)
    assert [row["conversation_id"] for row in exported(failed="yes")] == ["c01"]
    behind = exported(metric="failed_spans")
    assert [(row["conversation_id"], row["outcome"]) for row in behind] == [("c01", "escalated")]


def test_fifty_thousand_and_more(warehouse: Warehouse):
    many = MOST_ROWS + 200
    warehouse.run(
        "insert into conversations (account_id, conversation_id, source, channel, started_at)"
        " select 'many', 'm' || i, 's', 'c', timestamptz '2026-06-01' + i * interval '1 second'"
        f" from generate_series(1, {many}) as i"
    )
    warehouse.run("analyze conversations")
    from dashboard.reports.conversations.conversations import conversations
    from dashboard.reports.conversations.neighbours import Neighbours, neighbours

    now = at(0, 120)
    asked = OpenScope(timedelta(days=90), as_of=now).where("account", "many")
    last = conversations(Question(asked, page=100_000), now)
    assert (last.total, last.pages) == (many, many // 50)
    assert last.rows[-1]["conversation_id"] == "m1"
    first = conversations(Question(asked), now)
    assert first.rows[0]["conversation_id"] == f"m{many}"
    assert neighbours(Question(asked), ("many", "m25000"), now) == Neighbours(
        ("many", "m25001"), ("many", "m24999")
    )
    lines = export(Question(asked), now).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + MOST_ROWS
