"""A rollup that fails stops its own group alone, is told wherever one looks, and mends itself."""

from datetime import timedelta

import psycopg
import pytest

from dashboard.__main__ import main
from dashboard.query.cache import clear_cache
from dashboard.query.measure import measure
from dashboard.query.read_from import Reading
from dashboard.rollups.builder import Done, roll_up
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.rollups.failures import rollup_failures
from dashboard.rollups.usable_days import clear_days_cache
from dashboard.scope import Scope
from tests.conftest import MIDNIGHT, Warehouse, at, conversation, span
from tests.pages.app_page import open_page, words_on
from tests.pages.drawn import words_of
from tests.rollups.shares import shares

DAYS = 4
WINDOW = Scope(MIDNIGHT, at(0, DAYS), at(0, 60))
METRICS = ["episodes", "csat", "durable_resolution_rate_24h", "spans", "silent_failures"]
DIVIDES = """
create or replace function control_room.divides() returns trigger language plpgsql as $$
begin
    perform 1 / (case when new.{column} >= '{since}' and new.{column} < '{until}' then 0 else 1 end);
    return new;
end $$;
create trigger divides before insert on control_room.{table}
    for each row execute function control_room.divides()
"""


@pytest.fixture
def filled(new_warehouse) -> Warehouse:
    """A few days of a resolved, rated episode with a failed call an hour; the tables of sums made, empty."""
    made = new_warehouse("failing")
    made.add(
        "conversations",
        [
            conversation(
                f"{day}-{hour}",
                at(hour, day),
                ended_at=at(hour + 0.5, day),
                first_ai_reply_at=at(hour, day),
                closing_signal="confirmed",
                rating=4,
            )
            for day in range(DAYS)
            for hour in (9, 10)
        ],
    )
    made.add(
        "spans",
        [
            span(day, at(9.1, day), error_type="timeout", conversation_id=f"c{day}-9")
            for day in range(DAYS)
        ],
    )
    built()
    made.run("update control_room.rollup_days set is_stale = true")
    return made


def built(**how) -> Done:
    done = roll_up(**how)
    assert done is not None
    clear_days_cache()
    clear_cache()
    return done


def break_day(warehouse: Warehouse, table: str, column: str = "starts", day: int = 1) -> None:
    """From now on no row of that day can be written to a table of the rollups."""
    day_of = {"since": at(0, day), "until": at(0, day + 1)}
    warehouse.run(DIVIDES.format(table=table, column=column, **day_of))


def mend(warehouse: Warehouse, table: str) -> None:
    warehouse.run(f"drop trigger divides on control_room.{table}")


def fresh_days(warehouse: Warehouse) -> dict[str, int]:
    """Rollup group → days of it that are built and not stale."""
    with psycopg.connect(warehouse.url) as connection:
        return dict(
            connection.execute(
                "select rollup_group, count(*) filter (where not is_stale)"
                " from control_room.rollup_days group by 1"
            ).fetchall()
        )


def assert_figures_are_those_of_the_facts() -> None:
    sums, facts = (
        measure(METRICS, WINDOW, bucket="day", reading=way)
        for way in (Reading.ROLLUPS, Reading.FACTS)
    )
    assert sums.equals(facts)
    assert sums["n"].sum() > 0


def test_a_group_that_fails_stops_alone(filled: Warehouse, capsys: pytest.CaptureFixture[str]):
    break_day(filled, "rated_by_day")
    done = built()
    (failure,) = done.failures
    assert (failure.group, failure.day, failure.message) == ("rated", at(0, 1), "division by zero")
    days = fresh_days(filled)
    # The newest day was built before, and is; from the failing one on the group waits.
    assert days.pop("rated") == DAYS - 2
    assert set(days) == {*(group.key for group in ROLLUP_GROUPS), "kept_rows"} - {"rated"}
    assert all(count == DAYS for count in days.values())
    assert_figures_are_those_of_the_facts()
    assert shares(measure(["episodes", "csat"], WINDOW))["episodes"] == 1

    assert main(["check"]) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("fault")]
    assert len(told) == 1
    assert told[0].startswith("fault  rollup group rated: division by zero (since ")
    assert told[0].endswith("at once by `python -m dashboard rollup`.")
    assert main(["rollup"]) == 1
    assert "fault  rollup group rated: division by zero" in capsys.readouterr().out


def test_it_is_tried_again_after_a_pause_and_clears_itself(filled: Warehouse):
    break_day(filled, "rated_by_day")
    (first,) = built().failures
    mend(filled, "rated_by_day")
    # Within the pause it is left alone, unless somebody asks.
    assert built(at_once=False).failures == [first]
    assert fresh_days(filled)["rated"] == DAYS - 2
    filled.run("update control_room.rollup_failures set tried_at = now() - interval '11 minutes'")
    assert built(at_once=False).failures == []
    assert fresh_days(filled)["rated"] == DAYS
    assert rollup_failures() == []
    assert main(["check"]) == 0


def test_since_when_it_fails_is_kept(filled: Warehouse):
    break_day(filled, "rated_by_day")
    (first,) = built().failures
    filled.run("update control_room.rollup_failures set since = since - interval '1 hour'")
    (second,) = built().failures
    assert first.since - second.since == timedelta(hours=1)


def test_rows_that_cannot_be_kept_stop_what_is_summed_from_them_alone(filled: Warehouse):
    break_day(filled, "resolved", "started_at")
    (failure,) = built().failures
    assert (failure.group, failure.message) == ("kept_rows", "division by zero")
    days = fresh_days(filled)
    assert days["kept_rows"] == days["durable_24_hours"] == DAYS - 2
    assert days["episodes"] == days["rated"] == days["spans"] == DAYS
    assert_figures_are_those_of_the_facts()
    mend(filled, "resolved")
    assert built().failures == []
    assert fresh_days(filled)["durable_24_hours"] == DAYS
    assert_figures_are_those_of_the_facts()


def test_a_loaded_account_whose_rows_cannot_be_kept_stops_no_run(filled: Warehouse):
    built()
    break_day(filled, "resolved", "started_at")
    late = conversation(
        "late", at(12, 1), ended_at=at(13, 1), first_ai_reply_at=at(12, 1), closing_signal="silent"
    )
    filled.add("conversations", [late])
    (failure,) = built().failures
    assert failure.group == "kept_rows"
    assert_figures_are_those_of_the_facts()


def test_data_health_shows_it(filled: Warehouse):
    assert "Rollups that fail" not in on_data_health()
    break_day(filled, "rated_by_day")
    built()
    shown = on_data_health()
    assert "Rollups that fail" in shown
    assert "division by zero" in shown
    assert "rated" in shown


def on_data_health() -> str:
    clear_cache()
    app = open_page("definitions")
    assert not app.exception
    return words_on(app) + words_of(app)
