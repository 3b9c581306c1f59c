"""What a load writes, and what it leaves: the columns that a row names, and no others."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.errors import InvalidInput
from dashboard.postgres.bulk import Loaded, upsert
from dashboard.postgres.engines import write_connection
from tests.conftest import Warehouse, at, message

WHOLE = {"source": "helpdesk", "channel": "chat", "started_at": at(1)}
DEFAULTS = {
    "topic": None,
    "language": None,
    "rating": None,
    "is_excluded": False,
    "times_placed": False,
}
LOADED_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty(warehouse: Warehouse) -> None:
    warehouse.run("truncate accounts, conversations, messages, citations")


def load(relation: str, *rows: dict[str, Any]) -> Loaded:
    with write_connection() as connection:
        return upsert(connection, relation, iter(rows))


def conversation(number: int, **known: Any) -> dict[str, Any]:
    return {"account_id": "a1", "conversation_id": f"c{number}", **known}


def held(*names: str) -> dict[str, tuple]:
    """The values of `names` by conversation."""
    with write_connection() as connection:
        rows = connection.execute(
            f"select conversation_id, {', '.join(names)} from conversations"
        ).fetchall()
    return {key: tuple(values) for key, *values in rows}


def test_a_new_row_has_the_defaults_of_what_it_does_not_name():
    load("conversations", conversation(1, **WHOLE))
    assert held(*DEFAULTS) == {"c1": tuple(DEFAULTS.values())}


def test_a_later_load_of_some_columns_leaves_the_others():
    load("conversations", conversation(1, **WHOLE, topic="billing", rating=4, is_excluded=True))
    assert load("conversations", conversation(1, rating=5)) == Loaded(0, 1, 0)
    assert held("topic", "rating", "is_excluded") == {"c1": ("billing", 5, True)}
    assert load("conversations", conversation(1, **WHOLE, topic=None)) == Loaded(0, 1, 0)
    assert held("topic", "rating", "is_excluded") == {"c1": (None, 5, True)}


def test_rows_of_one_call_may_name_different_columns():
    load("conversations", conversation(1, **WHOLE, topic="billing"), conversation(2, **WHOLE))
    done = load(
        "conversations",
        conversation(1, rating=1),
        conversation(3, **WHOLE, language="de"),
        {"rating": 2, **conversation(2)},
        conversation(1, language="en"),
        conversation(2, rating=2),
    )
    # The second of the same key and columns says the same.
    assert done == Loaded(1, 3, 1)
    assert held("topic", "rating", "language") == {
        "c1": ("billing", 1, "en"),
        "c2": (None, 2, None),
        "c3": (None, None, "de"),
    }


UNKNOWN = [
    ("conversations", {"topik": "x"}, "conversations has no column 'topik'. Did you mean topic?"),
    ("conversations", {"endedat": None}, "no column 'endedat'. Did you mean ended_at?"),
    ("conversations", {"zzz": 1}, "conversations has no column 'zzz'."),
    ("conversation", {}, "no relation 'conversation'. Did you mean conversations?"),
]


@pytest.mark.parametrize(("relation", "wrong", "words"), UNKNOWN)
@pytest.mark.parametrize("place", [0, 1, 7000])
def test_a_name_that_the_contract_lacks_is_refused_and_nothing_is_written(
    relation: str, wrong: dict, words: str, place: int
):
    rows = [conversation(number, **WHOLE) for number in range(place)]
    rows += [conversation(place, **WHOLE, **wrong), conversation(place + 1, **WHOLE)]
    with write_connection() as connection:
        with pytest.raises(InvalidInput) as refused:
            upsert(connection, relation, iter(rows))
        assert words in str(refused.value)
        # The transaction goes on: nothing has failed in the warehouse.
        assert connection.execute("select count(*) from conversations").fetchone() == (0,)
        assert upsert(connection, "conversations", [conversation(1, **WHOLE)]) == Loaded(1)


def test_a_row_without_its_key_is_refused():
    with pytest.raises(InvalidInput, match="lacks account_id, which is part of its key"):
        load("conversations", {"conversation_id": "c1", **WHOLE})


def test_part_of_a_row_that_is_not_there_is_refused():
    load("conversations", conversation(1, **WHOLE))
    with pytest.raises(InvalidInput) as refused:
        load("conversations", *(conversation(number, rating=1) for number in range(1, 4)))
    assert refused.value.message == (
        "2 rows of conversations are new and lack channel, source, started_at; the first is a1, c2."
    )
    assert held("rating") == {"c1": (None,)}


def test_the_time_of_loading_moves_with_a_change_alone(warehouse: Warehouse):
    def moved() -> list[str]:
        times = held("loaded_at")
        warehouse.run(f"update conversations set loaded_at = '{LOADED_BEFORE}'")
        return sorted(key for key, (loaded_at,) in times.items() if loaded_at > LOADED_BEFORE)

    load("conversations", *(conversation(number, **WHOLE, rating=3) for number in (1, 2, 3)))
    assert moved() == ["c1", "c2", "c3"]
    load("conversations", conversation(1, rating=3), conversation(2, rating=4))
    assert moved() == ["c2"]
    # What a row says of it does not count.
    load("conversations", conversation(3, rating=3, loaded_at=at(9)), conversation(1, rating=3))
    assert moved() == []
    load("messages", message("c1", 1, at(1), "customer", "Hi"))
    assert moved() == ["c1"]
    body = {"account_id": "a1", "conversation_id": "c1", "position": 1, "body": "Hello"}
    assert load("messages", body) == Loaded(0, 1, 0)
    assert moved() == ["c1"]
    assert load("messages", body) == Loaded(0, 0, 1)
    assert moved() == []


def test_a_row_that_is_all_key(warehouse: Warehouse):
    key = {"account_id": "a1", "conversation_id": "c1", "position": 1, "article_id": "x"}
    assert load("citations", key) == Loaded(1)
    assert load("citations", key) == Loaded(0, 0, 1)
    load("accounts", {"account_id": "a1", "name": "Acme"})
    assert load("accounts", {"account_id": "a1"}) == Loaded(0, 0, 1)
    with pytest.raises(InvalidInput, match="new and lack name"):
        load("accounts", {"account_id": "a2"})


def test_no_rows_are_no_work():
    assert load("conversations") == Loaded()


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "topic": st.sampled_from([None, "billing", "setup"]),
    "language": st.sampled_from([None, "de"]),
    "rating": st.sampled_from([None, 1, 5]),
    "is_excluded": st.booleans(),
    "times_placed": st.booleans(),
}
_GIVEN = st.fixed_dictionaries({}, optional=_VALUES)
_LOADS = st.lists(
    st.dictionaries(st.integers(1, 4), st.tuples(st.booleans(), _GIVEN), max_size=4),
    max_size=4,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(loads=_LOADS, order=st.randoms(use_true_random=False))
def test_any_loads_leave_what_a_dictionary_would_hold(
    warehouse: Warehouse, loads: list[dict], order: Any
):
    """Against a dictionary that starts with the defaults and takes what each row names."""
    warehouse.run("truncate conversations")
    wanted: dict[str, dict[str, Any]] = {}
    for given_rows in loads:
        rows, counts = [], [0, 0, 0]
        for number, (is_whole, known) in given_rows.items():
            key = f"c{number}"
            named = {**(WHOLE if is_whole or key not in wanted else {}), **known}
            items = list(named.items())
            order.shuffle(items)
            rows.append(conversation(number, **dict(items)))
            before = wanted.get(key)
            wanted[key] = {**(before or DEFAULTS), **known}
            counts[0 if before is None else 1 if wanted[key] != before else 2] += 1
        assert load("conversations", *rows) == Loaded(*counts)
        found = {key: dict(zip(DEFAULTS, row, strict=True)) for key, row in held(*DEFAULTS).items()}
        assert found == wanted


def test_the_warehouse_lacks_what_the_contract_has(new_warehouse: Callable[[str], Warehouse]):
    """An older warehouse takes rows that do not name what it lacks."""
    new_warehouse("older").run("alter table conversations drop column language")
    assert load("conversations", conversation(1, **WHOLE)) == Loaded(1)
    with pytest.raises(psycopg.errors.UndefinedColumn):
        load("conversations", conversation(1, **WHOLE, language="de"))
