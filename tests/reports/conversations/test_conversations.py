"""Finding conversations: filters, search and instants, on a few hundred of them."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from dashboard.postgres.sql_text import sql_text
from dashboard.reports.conversations.conversations import (
    conversations,
    list_filter_values,
    list_statements,
)
from dashboard.reports.conversations.question import question_of_link
from tests.conftest import Warehouse, at
from tests.reports.crowd import NOW, fill, found, names


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse)


STARS = {f"stars{rating}" for rating in (1, 2, 3, 4, 5)}
CALLS = {"fine", "failed", "recovered", "late", "device", "silent"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"failed": "yes"}, {"failed", "recovered", "late"}),
        ({"failed": "unrecovered"}, {"failed", "late"}),
        ({"failed": "no"}, {"fine", "device", "silent", *STARS}),
        ({"system": "erp"}, {"fine", "failed", "recovered", "late"}),
        ({"error_type": "timeout"}, {"failed", "recovered", "late"}),
        # One call must meet all of it: the timeout of `late` was in another system.
        ({"error_type": "timeout", "system": "erp"}, {"failed", "recovered"}),
        ({"failed": "unrecovered", "system": "crm"}, {"late"}),
        ({"failed": "no", "system": "erp"}, {"fine"}),
        # A success has no error type.
        ({"error_type": None}, {"fine", "recovered"}),
        ({"system": ("crm", "browser")}, {"late"}),
        ({"rated": "yes"}, STARS),
        ({"rated": "no"}, CALLS),
        ({"rated": "low"}, {"stars1", "stars2"}),
        ({"rated": "high"}, {"stars4", "stars5"}),
        ({"plan": "team"}, CALLS | STARS),
        ({"plan": "nobody has it"}, set()),
        ({"outcome": "nonsense"}, set()),
        ({"outcome": "pending", "rated": "low"}, {"stars1", "stars2"}),
        ({"account": "one", "channel": "chat", "failed": "unrecovered"}, {"failed", "late"}),
    ],
)
def test_filters(asked: dict[str, Any], expected: set[str]):
    assert names(**asked) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("invoice", {"fine", "failed"}),
        ("INVOICE total", {"fine", "failed"}),
        ('"invoice total"', {"fine"}),
        ("invoice -colours", {"fine"}),
        ("rechnung or nothing", {"late", "recovered"}),
        ("größer", {"late"}),
        ("refund", {"silent"}),
        ("absent", set()),
        ("!!", set()),
        ("' or 1=1 --", set()),
        ("%", set()),
    ],
)
def test_search_in_transcripts(search: str, expected: set[str]):
    assert names(search=search) == expected


def test_a_search_shows_where_it_matched():
    row = found(search="colours", topic="one").rows[0]
    assert "\x02colours\x03" in row["excerpt"]
    assert found(topic="one").rows[0]["excerpt"] is None


def test_nothing_after_the_instant_of_asking_is_found():
    then = at(10)
    assert names(as_of=then, search="rechnung") == set()
    # `late` has failed once by then; its second call comes at 12:00.
    assert names(as_of=then, system="crm") == set()
    assert names(as_of=then, failed="yes") == {"failed", "recovered", "late"}
    assert names(as_of=then, rated="yes") == {"stars1", "stars2"}
    # Half a second after the failures nothing had come back yet.
    assert names(as_of=at(9) + timedelta(seconds=0.5), failed="yes") == set()
    assert names(as_of=at(9.05), failed="unrecovered") == {"failed", "recovered", "late"}


def test_a_row_has_what_a_reader_needs():
    row = next(row for row in found(topic="one").rows if row["conversation_id"] == "cfailed")
    assert row["account_name"] == "One"
    assert row["first_words"].startswith("Wrong colours")
    assert row["failed_spans"] == 1
    # A failure on the customer's own device is none of ours.
    device = next(row for row in found(topic="one").rows if row["conversation_id"] == "cdevice")
    assert device["failed_spans"] == 0


def test_what_the_filters_offer():
    values = list_filter_values(at(20))
    assert values["system"][0] == "billing-api"
    assert set(values["error_type"]) == {"boom", "timeout", "refused"}
    assert values["queue"] == ["(unknown)"]


def test_the_sql_at_hand_gives_the_list(warehouse: Warehouse):
    question = question_of_link("window=90d&system=erp&sort=longest", "UTC")
    listed = conversations(question, NOW)
    assert listed.total == 4
    answers = {}
    with psycopg.connect(warehouse.url) as connection:
        for name, statement in list_statements(listed).items():
            path, select = sql_text(statement).split(";\n", 1)
            connection.execute(path)
            answers[name] = connection.execute(select).fetchall()
    assert [row[:2] for row in answers["this page"]] == [
        (row["account_id"], row["conversation_id"]) for row in listed.rows
    ]
    assert answers["total count"] == [(4,)]
