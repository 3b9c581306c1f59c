"""Rollups whose warehouse dies, whose process dies, whose disk is full, that two keep up at once: the
figures stay those of the facts, and the next run builds what is missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pandas as pd
import psycopg
import pytest

from dashboard.postgres.engines import dispose_engines
from dashboard.query.measure import measure
from dashboard.query.read_from import Reading
from dashboard.rollups import scheduler as rollup_upkeep
from dashboard.rollups.builder import roll_up
from dashboard.rollups.usable_days import clear_days_cache
from dashboard.scope import Scope
from tests.browser.serving import Server
from tests.faults.conftest import Breakable, ended
from tests.faults.full_disk import full_table, small_disk
from tests.present import present
from tests.rollups.shares import shares
from tests.waiting import wait_until

_ROLLER = "control-room-write"
_DAYS = 15
LAST = datetime(2026, 3, 4, tzinfo=UTC)
FIRST = LAST - timedelta(days=_DAYS - 1)
MIDDLE = LAST - timedelta(days=6)
WINDOW = Scope(FIRST, LAST + timedelta(days=1), LAST + timedelta(days=60))
EPISODES = ["episodes", "containment_rate", "csat", "durable_resolution_rate_72h", "escalations"]
OF_EPISODES = ["episodes", "rated", "durable_72_hours", "handoffs"]
SPANS = ["spans", "api_error_rate", "unrecovered_error_rate"]
QUESTIONS: list[tuple[list[str], tuple[str, ...], str | None, list[str]]] = [
    ([*EPISODES, *SPANS], (), None, [*OF_EPISODES, "spans"]),
    ([*EPISODES, *SPANS], (), "hour", [*OF_EPISODES, "spans"]),
    (EPISODES, ("topic", "plan"), "day", OF_EPISODES),
    (["escalation_rate"], ("reason", "queue"), None, ["handoffs", "episodes"]),
    (SPANS, ("system", "name"), "week", ["spans"]),
    (["silent_failures"], ("topic", "rule"), "day", ["silent_failures"]),
]
"""Metrics, dimensions, bucket, and what of the rollups answers them."""


@pytest.fixture(scope="module")
def filled(broken: Callable[[str], Breakable]) -> Breakable:
    """A fortnight that is over: every one of its days can be built."""
    warehouse = broken("rollups")
    history = ("--accounts", "80", "--episodes", "1500", "--days", str(_DAYS))
    Server(warehouse.folder).run("simulate", *history, "--until", f"{LAST:%Y-%m-%d}T14:20")
    return warehouse


@pytest.fixture
def own(filled: Breakable, monkeypatch: pytest.MonkeyPatch) -> Iterator[Breakable]:
    """The warehouse without rollups, as the one that this process asks."""
    monkeypatch.setenv("WAREHOUSE_URL", filled.url)
    dispose_engines()
    yield filled
    filled.ensure_running()
    filled.run("drop schema if exists control_room cascade")
    monkeypatch.undo()
    dispose_engines()


def share_that_equals_facts() -> float:
    """How much rollups answered of all questions; with them and without, every answer is the same."""
    found_shares = []
    for metrics, by, bucket, kept in QUESTIONS:
        clear_days_cache()
        answers = measure(metrics, WINDOW, by, bucket, reading=Reading.ROLLUPS)
        facts = measure(metrics, WINDOW, by, bucket, reading=Reading.FACTS)
        keys = [name for name in ("metric", "bucket", *by) if name in facts]
        found, wanted = (
            frame.sort_values(keys, key=lambda column: column.map(repr), ignore_index=True)
            for frame in (answers, facts)
        )
        assert len(wanted)
        pd.testing.assert_frame_equal(found, wanted, check_exact=True)
        read = shares(answers)
        found_shares += [read.get(name, 0.0) for name in kept]
    return sum(found_shares) / len(found_shares)


def built(own: Breakable) -> dict[tuple[str, datetime], datetime]:
    """When each day of each rollup group was built."""
    with psycopg.connect(own.url) as connection:
        return {
            (group, starts): built_at
            for group, starts, built_at in connection.execute(
                "select rollup_group, starts, built_at from control_room.rollup_days"
            )
        }


def begin(own: Breakable) -> None:
    """Everything that rollups need is made anew, and no day is built."""
    own.run("drop schema if exists control_room cascade")
    assert present(roll_up(stop=lambda: True)).days == 0


@contextmanager
def held_back_at(own: Breakable, day: datetime) -> Iterator[None]:
    """Whoever builds the calls of `day` waits, the sums taken and not yet valid, until the block ends."""
    connection = psycopg.connect(own.url)
    try:
        connection.execute(
            "insert into control_room.rollup_days (rollup_group, starts, ends, settled_at, rows_seen)"
            " values ('spans', %(day)s, %(day)s, %(day)s, 0)",
            {"day": day},
        )
        yield
    finally:
        with suppress(psycopg.Error):
            connection.rollback()
        connection.close()


def assert_next_run_builds_the_rest(own: Breakable, before: dict) -> None:
    """The days of `before` stay as they are, the missing ones come, and sums answer everything."""
    code, _, errors = ended(own.command("rollup"))
    assert code == 0, errors
    after = built(own)
    assert {day: after[day] for day in before} == before
    assert {starts for group, starts in after if group == "spans"} == {
        FIRST + timedelta(days=n) for n in range(_DAYS)
    }
    assert share_that_equals_facts() == 1
    assert ended(own.command("rollup"))[1].startswith("0 days built")


def test_a_warehouse_killed_half_way_is_one_line_and_the_next_run_goes_on(own: Breakable):
    begin(own)
    with held_back_at(own, MIDDLE):
        process = own.command("rollup")
        wait_until(lambda: own.waits(_ROLLER), 20, "the run does not get there")
        own.kill()
    code, out, errors = ended(process)
    assert (code, out) == (1, "")
    assert errors.splitlines() == [
        "building days …",
        "error: The connection was lost during the rollup; completed days are kept. "
        "Check that PostgreSQL runs; the next run continues where this one stopped.",
    ]
    code, out, errors = ended(own.command("rollup"))
    assert (code, out, len(errors.splitlines())) == (1, "", 1)
    assert errors.startswith("error: The warehouse is not responding.")
    own.ensure_running()
    before = built(own)
    assert ("spans", MIDDLE + timedelta(days=1)) in before
    assert ("spans", MIDDLE) not in before
    assert 0 < share_that_equals_facts() < 1
    assert_next_run_builds_the_rest(own, before)


def test_a_roller_killed_half_way_leaves_whole_days_and_the_next_goes_on(own: Breakable):
    begin(own)
    with held_back_at(own, MIDDLE):
        process = own.command("rollup")
        wait_until(lambda: own.waits(_ROLLER), 20, "the run does not get there")
        # What it has written of the day is there, and counts for nobody.
        assert 0 < share_that_equals_facts() < 1
        process.kill()
        process.wait()
        # While its statement still waits: else nobody could lead in its place.
        wait_until(lambda: not own.has_session(_ROLLER), 20, "its session stays")
    before = built(own)
    assert ("spans", MIDDLE) not in before
    assert 0 < share_that_equals_facts() < 1
    assert_next_run_builds_the_rest(own, before)


def assert_no_room(outcome: tuple[int, str, str]) -> None:
    code, out, errors = outcome
    assert (code, out) == (1, "")
    assert errors.splitlines()[0] == "building days …"
    (line,) = errors.splitlines()[1:]
    assert line.startswith("error: The warehouse has no space for the rollups: could not extend")
    assert line.endswith(
        "No space left on device. Free up space. The next run continues where this one stopped; "
        "until then, figures are read from the facts."
    )


def test_a_disk_that_fills_up_half_way_is_one_line_and_the_next_run_goes_on(own: Breakable):
    with small_disk(own) as disk:
        begin(own)
        at_first = disk.room
        roll_up()
        needed = at_first - disk.room
        begin(own)
        disk.fill(leaving=needed * 6 // 10)
        assert_no_room(ended(own.command("rollup")))
        before = built(own)
        assert before
        assert 0 < share_that_equals_facts() < 1
        # The next one fails as well, and takes nothing back.
        assert_no_room(ended(own.command("rollup")))
        assert before.items() <= built(own).items()
        assert 0 < share_that_equals_facts() < 1
        before = built(own)
        disk.empty()
        assert_next_run_builds_the_rest(own, before)


def test_the_launcher_says_once_that_there_is_no_room_and_goes_on_when_there_is(
    own: Breakable, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.setattr(rollup_upkeep, "_FIRST_SECONDS", 2.0)
    monkeypatch.setattr(rollup_upkeep, "_AGAIN_SECONDS", 0.3)
    begin(own)
    with full_table(own, "control_room.rollup_days"):
        assert_no_room(ended(own.command("rollup")))
    begin(own)
    already = refusals(own)
    with rollup_upkeep.rollup_worker():
        with full_table(own, "control_room.rollup_days"):
            with full_table(own, "control_room.rollup_quarters"):
                wait_until(lambda: refusals(own) >= already + 2, 20, "it does not try again")
            # From here on it is another file that cannot grow, and nothing new.
            wait_until(lambda: refusals(own) >= already + 5, 20, "it does not try again")
            assert share_that_equals_facts() == 0
        dispose_engines()
        wait_until(lambda: share_that_equals_facts() == 1, 30, "it does not go on")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Rollups paused: The warehouse has no space for the rollups: could not")
    assert_next_run_builds_the_rest(own, built(own))


def refusals(own: Breakable) -> int:
    """How often the server has found no room."""
    return own.log.read_text().count("ERROR:  could not extend file")


def test_two_rollers_that_start_together_build_everything_once(own: Breakable):
    with own.held_back("spans"):
        both = [own.command("rollup"), own.command("rollup")]
        wait_until(lambda: own.waits(_ROLLER), 20, "none of them begins")
        # The one that leads cannot go on, so the one that ends is the other.
        wait_until(
            lambda: any(process.poll() is not None for process in both), 20, "both of them wait"
        )
    outcomes = sorted(ended(process) for process in both)
    assert [code for code, _, _ in outcomes] == [0, 0], outcomes
    assert outcomes[1][1:] == ("Another process is updating the rollups; nothing to do.\n", "")
    assert share_that_equals_facts() == 1
    assert_next_run_builds_the_rest(own, built(own))
