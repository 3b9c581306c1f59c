"""Accounts by name or id: any text is text, the busiest first, and nothing from the future."""

from datetime import datetime, timedelta

import pytest

from dashboard.reports.account.search import MOST_FOUND, search_accounts
from tests.conftest import Warehouse, at, conversation

NOW = at(5)
ODD = "100%_off \\ 'x'; --"


@pytest.fixture(scope="module", autouse=True)
def _accounts(warehouse: Warehouse) -> None:
    warehouse.add(
        "accounts",
        [
            {"account_id": "h1", "name": "Harbour Dental", "plan": "team", "monthly_revenue": 90},
            {"account_id": "h2", "name": "Old Harbour Vets"},
            {"account_id": "harbour", "name": "Somebody else"},
            {"account_id": "odd", "name": ODD},
            {"account_id": "plain", "name": "100 percent"},
            {"account_id": "later", "name": "Harbour, not yet", "created_at": at(10)},
            *({"account_id": f"k{i:03}", "name": f"Crowd {i}"} for i in range(MOST_FOUND + 5)),
        ],
    )
    warehouse.add(
        "conversations",
        [
            *(conversation(f"h2-{i}", at(i), account_id="h2") for i in range(3)),
            conversation("h1", at(1), account_id="h1"),
            *(conversation(f"h1x{i}", at(1), account_id="h1", is_excluded=True) for i in range(9)),
            *(conversation(f"h1o{i}", at(1, -28), account_id="h1") for i in range(9)),
            conversation("h1-later", at(9), account_id="h1"),
            conversation("loose", at(2), account_id="Loose"),
            conversation("k7", at(1), account_id="k007"),
        ],
    )


def ids(words: str, as_of: datetime = NOW) -> list[str]:
    return [row["account_id"] for row in search_accounts(words, as_of).rows]


def test_by_any_part_of_the_name_or_id_the_busiest_first():
    assert ids("harbour") == ["harbour", "h2", "h1"]
    assert ids("HARBOUR d") == ["h1"]
    assert ids("  bour  ") == ["h2", "h1", "harbour"]


def test_what_is_counted_are_the_episodes_of_the_28_days_before():
    [first, second, _] = search_accounts("bour", NOW).rows
    assert (first["episodes"], second["episodes"]) == (3, 1)
    assert (second["plan"], second["monthly_revenue"]) == ("team", 90)
    later = search_accounts("bour", at(9)).rows
    assert [row["episodes"] for row in later] == [3, 2, 0]


def test_an_account_that_is_created_later_is_not_found():
    assert "later" not in ids("harbour", at(9.9))
    assert "later" in ids("harbour", at(10))


@pytest.mark.parametrize("words", ["%", "_off", "\\", "'x'", "--", ODD])
def test_signs_of_a_pattern_are_text(words: str):
    assert ids(words) == ["odd"]


def test_one_that_the_catalogue_lacks_is_found_by_its_id():
    assert ids("Loose") == ["Loose"]
    assert ids("Loo") == []
    assert ids("Loose", at(1)) == []


def test_no_words_find_all_and_say_how_many():
    found = search_accounts("", NOW)
    assert found.total == 5 + MOST_FOUND + 5
    assert [row["account_id"] for row in found.rows][:3] == ["h2", "k007", "h1"]
    assert len(found.rows) == MOST_FOUND
    assert search_accounts("no such", NOW).total == 0


def test_the_window_of_28_days_is_half_open():
    assert search_accounts("h1", at(1)).rows[0]["episodes"] == 1
    assert search_accounts("h1", at(1) - timedelta(seconds=1)).rows[0]["episodes"] == 9
