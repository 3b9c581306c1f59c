"""Keeping rollups up: late rows, corrections, deletions, a kill, two leaders, no right to write."""

import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from dashboard.errors import ControlRoomError
from dashboard.postgres.bulk import upsert
from dashboard.postgres.engines import dispose_engines, write_connection
from dashboard.query.measure import measure
from dashboard.query.read_from import Reading
from dashboard.rollups import sums as rollup_sums
from dashboard.rollups.builder import roll_up
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.rollups.usable_days import clear_days_cache, usable_days
from dashboard.scope import Scope
from dashboard.settings import settings
from tests.conftest import MIDNIGHT, Warehouse, at, conversation, span
from tests.present import present
from tests.rollups.shares import shares

WEEK = Scope(MIDNIGHT, at(0, 7), at(0, 60))
METRICS = [
    "episodes",
    "containment_rate",
    "csat",
    "csat_mean",
    "durable_resolution_rate_72h",
    "escalations",
    "escalation_rate",
    "spans",
    "api_error_rate",
    "unrecovered_error_rate",
]


def resolved(number: int | str, started, **known) -> dict:
    return conversation(
        number,
        started,
        ended_at=started + timedelta(minutes=10),
        first_ai_reply_at=started,
        closing_signal="confirmed",
        topic="billing",
        **known,
    )


@pytest.fixture
def week(new_warehouse) -> Warehouse:
    """A week of four episodes a day by four accounts, and a failed call in each; rolled up."""
    made = new_warehouse("week")
    made.add(
        "accounts",
        [{"account_id": f"a{n}", "name": f"Account {n}", "plan": "team"} for n in range(4)],
    )
    made.add(
        "conversations",
        [
            resolved(f"{day}-{n}", at(9 + n, day), account_id=f"a{n}", rating=5)
            for day in range(7)
            for n in range(4)
        ],
    )
    made.add(
        "spans",
        [
            span(
                f"{day}-{n}",
                at(9.05 + n, day),
                account_id=f"a{n}",
                error_type="timeout",
                conversation_id=f"c{day}-{n}",
            )
            for day in range(7)
            for n in range(4)
        ],
    )
    made.run("update conversations set loaded_at = now() - interval '1 day'")
    made.run("update spans set loaded_at = now() - interval '1 day'")
    roll_up()
    return made


def figures(scope: Scope = WEEK, by: tuple[str, ...] = ()) -> dict:
    """What is measured with rollups, held equal to what the facts say; (metric, …) → value."""
    clear_days_cache()
    with_sums, facts = (
        measure(METRICS, scope, by, reading=way) for way in (Reading.ROLLUPS, Reading.FACTS)
    )
    keys = ["metric", *by]
    held, wanted = (f.set_index(keys)[["value", "n"]].sort_index() for f in (with_sums, facts))
    assert held.equals(wanted)
    return held["value"].to_dict()


def stale() -> set[tuple[str, object]]:
    with write_connection() as connection:
        return set(
            connection.execute(
                "select rollup_group, starts from control_room.rollup_days where is_stale"
            ).fetchall()
        )


def test_sums_answer_for_whole_days(week: Warehouse):
    clear_days_cache()
    read = shares(measure(["episodes"], WEEK, reading=Reading.ROLLUPS))
    assert read == {"episodes": pytest.approx(1.0)}
    assert figures()["episodes"] == 28


def test_a_second_run_has_nothing_to_do(week: Warehouse):
    done = present(roll_up())
    assert (done.days, done.stale) == (0, 0)


def test_a_late_row_is_counted_before_the_next_run_and_after(week: Warehouse):
    week.add("conversations", [resolved("late", at(12, 2), account_id="a1")])
    assert figures()["episodes"] == 29
    assert present(roll_up()).days > 0
    assert figures()["episodes"] == 29
    assert not stale()


def test_a_late_row_reaches_every_group_that_counts_it(week: Warehouse):
    """How long calls took and how long people waited are sums of their own."""
    late = {"handoff_at": at(12.1, 2), "first_human_reply_at": at(12.5, 2)}
    week.add("conversations", [resolved("late", at(12, 2), account_id="a1", **late)])
    week.add("spans", [span("late", at(12.1, 2), account_id="a1", duration_ms=90_000.0)])

    def counted() -> list[int]:
        clear_days_cache()
        found = measure(["latency_p95", "time_to_human_p50"], WEEK, reading=Reading.ROLLUPS)
        assert {"latency", "waits"} <= shares(found).keys()
        return list(found["n"])

    assert counted() == [29, 1]
    roll_up()
    assert counted() == [29, 1]
    week.run(
        "update conversations set times_placed = true, loaded_at = now() where conversation_id = 'clate'"
    )
    week.run("update spans set duration_ms = null, loaded_at = now() where span_id = 'slate'")
    assert counted() == [28, 0]
    roll_up()
    assert counted() == [28, 0]


def test_only_the_days_that_a_row_touches_are_built_again(week: Warehouse):
    week.add("conversations", [resolved("late", at(12, 2), account_id="a1", rating=1)])
    done = present(roll_up())
    # Its own day in five groups, the day of its rating; and days before, whose silence may have
    # ended with it: one for 24 hours, two for 72 hours and two for seven days.
    assert done.stale == 5 + 1 + 5
    # The groups that read the same rows are built together: the day by the start, three days of
    # durable resolution, one by the rating.
    assert done.days == 1 + 3 + 1


def test_a_correction_moves_an_episode_to_another_day(week: Warehouse):
    moved = resolved("3-1", at(10, 5), account_id="a1", handoff_at=at(10.1, 5))
    week.add("conversations", [moved])
    roll_up()
    by_day = measure(["episodes", "escalations"], WEEK, bucket="day", reading=Reading.ROLLUPS)
    counts = by_day[by_day["metric"] == "episodes"]["value"].tolist()
    assert counts == [4, 4, 4, 3, 4, 5, 4]
    assert figures()["escalations"] == 1


def test_deleted_rows_are_noticed(week: Warehouse):
    week.run("delete from conversations where conversation_id = 'c3-1'")
    week.run("delete from spans where span_id = 's4-2'")
    roll_up()
    found = figures()
    assert (found["episodes"], found["spans"]) == (27, 27)


def test_a_recovery_that_comes_a_day_later_reaches_the_day_of_the_failure(week: Warehouse):
    week.add(
        "spans",
        [
            span("again", at(9, 4), account_id="a1", conversation_id="c2-1"),
        ],
    )
    assert figures()["unrecovered_error_rate"] == pytest.approx(27 / 29)
    roll_up()
    assert figures()["unrecovered_error_rate"] == pytest.approx(27 / 29)


def test_another_topic_reaches_the_calls_of_the_conversation(week: Warehouse):
    week.add("conversations", [{**resolved("3-1", at(10, 3), account_id="a1"), "topic": "setup"}])
    roll_up()
    assert figures(by=("topic",))["spans", "setup"] == 1


def test_a_changed_plan_reaches_every_day(week: Warehouse):
    week.run("update accounts set plan = 'solo' where account_id = 'a1'")
    roll_up()
    assert figures(by=("plan",))["episodes", "solo"] == 7


def test_what_is_asked_before_the_day_was_final_is_read_from_the_facts(week: Warehouse):
    early = Scope(MIDNIGHT, at(0, 7), at(9, 3))
    assert figures(early)["episodes"] == 3 * 4 + 1


def test_a_run_that_dies_leaves_whole_days_and_the_next_goes_on(week, monkeypatch):
    taken: list[Any] = []

    def dies(connection, groups, day, time_zone):
        if len(taken) == 5:
            raise psycopg.OperationalError("the server went away")
        taken.append(day.starts)
        rollup_sums.build_sums(connection, groups, day, time_zone)

    monkeypatch.setattr("dashboard.rollups.builder.build_sums", dies)
    with pytest.raises(psycopg.OperationalError):
        roll_up(rebuild=True)
    assert figures()["episodes"] == 28
    monkeypatch.undo()
    # Of every day the sums of each fact, or of what is kept of it, and the rows that are kept; two of
    # these were, by then.
    each_day = len({(group.fact.key, group.kept) for group in ROLLUP_GROUPS}) + 1
    assert present(roll_up()).days == 7 * each_day - 5 - 2
    assert figures()["episodes"] == 28


def test_two_leaders_at_once_count_nothing_twice(week: Warehouse):
    week.add(
        "conversations", [resolved(f"more-{n}", at(13, n % 7), account_id="a2") for n in range(70)]
    )
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(roll_up())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done is not None for done in answers) >= 1
    assert figures()["episodes"] == 98


def test_rows_of_a_load_that_still_runs_are_not_forgotten(week: Warehouse):
    with psycopg.connect(week.url) as loader:
        loader.execute("set search_path to support")
        upsert(loader, "conversations", [resolved("slow", at(12, 2), account_id="a1")])
        # It began before this run and ends after it: its rows bear the time of its beginning.
        roll_up()
        loader.commit()
    assert figures()["episodes"] == 29
    roll_up()
    assert figures()["episodes"] == 29


def test_without_the_right_to_write_the_facts_answer(week: Warehouse, monkeypatch):
    week.run("drop role if exists only_reads")
    week.run("create role only_reads login")
    week.run("grant usage on schema support to only_reads")
    week.run("grant select on all tables in schema support to only_reads")
    monkeypatch.setenv("WAREHOUSE_URL", week.url.replace("postgres@", "only_reads@"))
    dispose_engines()
    assert settings().warehouse_url != week.url
    assert usable_days() is None
    assert figures()["episodes"] == 28
    with pytest.raises((ControlRoomError, psycopg.Error)):
        roll_up()
    monkeypatch.undo()
    dispose_engines()
    week.run("drop owned by only_reads")
    week.run("drop role only_reads")
