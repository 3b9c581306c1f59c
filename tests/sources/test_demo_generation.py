"""A generated day is a pure function of its world, and can be cut at any instant."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.sources.demo.company import accounts_table, company
from dashboard.sources.demo.day import LONGEST_DAYS, generate_day
from dashboard.sources.demo.phrasebook import LINES, REASONS, Stage, phrasebook
from dashboard.sources.demo.table import Table
from dashboard.sources.demo.world import World
from tests.chance import tries

ANCHOR = date(2026, 3, 4)
WORLD = World(ANCHOR, seed=11, accounts=100, episodes=1_500, days=5)
YESTERDAY = ANCHOR - timedelta(days=1)


def texts(tables: list[Table]) -> list[bytes]:
    return [table.copy_text() for table in tables]


@pytest.fixture(scope="module")
def day() -> list[Table]:
    return generate_day(WORLD, ANCHOR)


def test_the_same_day_twice_is_the_same_rows(day: list[Table]) -> None:
    generate_day(WORLD, YESTERDAY)
    assert texts(generate_day(WORLD, ANCHOR)) == texts(day)


def test_another_seed_is_another_company(day: list[Table]) -> None:
    other = World(ANCHOR, seed=12, accounts=100, episodes=1_500, days=5)
    assert texts(generate_day(other, ANCHOR)) != texts(day)
    assert accounts_table(other).copy_text() != accounts_table(WORLD).copy_text()


def test_account_names_are_all_different() -> None:
    names = company(World(ANCHOR)).names.tolist()
    assert len(set(names)) == len(names) == 3_000


@tries(25)
@given(
    earlier=st.integers(0, 3 * 86_400).map(lambda seconds: np.timedelta64(seconds, "s")),
    later=st.integers(0, 3 * 86_400).map(lambda seconds: np.timedelta64(seconds, "s")),
)
def test_what_was_known_earlier_is_what_remains_of_what_is_known_later(
    earlier: np.timedelta64, later: np.timedelta64
) -> None:
    midnight = np.datetime64(ANCHOR, "ms")
    first, second = sorted((midnight + earlier, midnight + later))
    for table in generate_day(WORLD, ANCHOR):
        assert table.at(second).at(first).copy_text() == table.at(first).copy_text()


def test_no_column_of_a_cut_day_lies_after_the_cut(day: list[Table]) -> None:
    instant = np.datetime64(f"{ANCHOR}T11:00", "ms")
    cuts = [table.at(instant) for table in day]
    assert all(0 < len(cut) < len(whole) for cut, whole in zip(cuts[:3], day, strict=False))
    for cut in cuts:
        for values in [*cut.columns.values(), cut.loaded_at()]:
            if values.dtype.kind == "M":
                assert not (values > instant).any()


def test_a_conversation_cut_before_its_end_is_open(day: list[Table]) -> None:
    conversations = day[0].at(np.datetime64(f"{ANCHOR}T11:00", "ms"))
    is_open = np.isnat(conversations.columns["ended_at"])
    assert is_open.any() and not is_open.all()
    for column in ("closing_signal", "rating", "rating_comment"):
        assert all(value is None for value in conversations.columns[column][is_open])


def test_what_changes_between_two_instants_brings_one_to_the_other(day: list[Table]) -> None:
    first, second = (np.datetime64(f"{ANCHOR}T{hour}", "ms") for hour in ("10:00", "10:30"))
    changed = 0
    for table in day:
        keys: list[str] = [
            name for name in ("conversation_id", "span_id", "position") if name in table.columns
        ]
        rows = {row_key(row, keys): row for row in table.at(first).as_dicts()}
        before = dict(rows)
        rows |= {row_key(row, keys): row for row in table.changed(first, second).as_dicts()}
        expected = {row_key(row, keys): row for row in table.at(second).as_dicts()}
        assert rows == expected
        changed += rows != before
    assert changed >= 3


def row_key(row: dict[str, object], keys: list[str]) -> tuple[object, ...]:
    return tuple(row[key] for key in keys)


def test_nothing_of_a_day_becomes_known_later_than_the_live_process_looks_back() -> None:
    world = World(ANCHOR, days=8, episodes=13_000)
    for number in range(world.days):
        started = world.first_day + timedelta(days=number)
        until = np.datetime64(started + timedelta(days=LONGEST_DAYS + 1), "ms")
        for table in generate_day(world, started):
            assert table.loaded_at().max() < until


def test_every_scenario_has_words_for_every_turn_it_can_take() -> None:
    book = phrasebook()
    handoffs = range(len(Stage), len(Stage) + len(REASONS))
    for scenario in range(len(book.scenarios)):
        group = book.scenarios[scenario].group
        stages = [stage for stage in Stage if stage is not Stage.HANDOFF]
        if book.scenarios[scenario].key == "spam":
            stages = [Stage.OPENING, Stage.GONE, Stage.SYSTEM_CLOSE]
        for language in range(4):
            for line in (*stages, *handoffs):
                place = (language * len(book.scenarios) + scenario) * LINES + line
                assert book.lines[place], (group, scenario, language, line)
        assert all(book.scenarios[scenario].subjects)


def test_the_load_has_days_nights_and_weekends() -> None:
    world = World(ANCHOR, days=14, episodes=20_000)
    wednesday, sunday = date(2026, 3, 4), date(2026, 3, 1)
    hours = {}
    for each in (wednesday, sunday):
        started = generate_day(world, each)[0].columns["started_at"]
        own = started[started < np.datetime64(each + timedelta(days=1), "ms")]
        hours[each] = np.bincount(
            (own - np.datetime64(each, "ms")) // np.timedelta64(1, "h"), minlength=24
        )
    assert hours[sunday].sum() < 0.5 * hours[wednesday].sum()
    assert hours[wednesday][9:16].min() > 4 * hours[wednesday][1:5].max()
