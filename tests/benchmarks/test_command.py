"""The benchmark: the history it fills keeps the contract, and it prints every line it promises."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.postgres.contract import relations
from dashboard.postgres.engines import write_connection
from dashboard.query.measure import measure
from dashboard.rollups.inspection import inspect_all
from dashboard.scope import Scope, parse_instant
from dashboard.settings import PROJECT_ROOT
from tests.benchmarks.__main__ import main
from tests.benchmarks.page import subject
from tests.benchmarks.pages import pages
from tests.benchmarks.rollups import raw_questions
from tests.conftest import Warehouse
from tests.waiting import wait_until

EPISODES = 2_000
SMALL = ["--episodes", str(EPISODES), "--runs", "2"]


@pytest.fixture(scope="module", autouse=True)
def _signals() -> Iterator[None]:
    """The command ends in its own way when it is told to; the tests after it do not."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def run(*arguments: str) -> tuple[int, str]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = main(list(arguments))
    return code, output.getvalue()


@pytest.fixture(scope="module")
def indexes() -> dict[str, str]:
    """Index → its definition, in the warehouse of the module while it was empty."""
    return {}


@pytest.fixture(scope="module")
def told(warehouse: Warehouse, indexes: dict[str, str]) -> dict:
    """The benchmark's own account of the warehouse that it has filled."""
    indexes |= index_definitions()
    code, output = run(*SMALL, "--here", "--format", "json")
    assert code == 0
    return json.loads(output)


def rows(statement: str) -> list[tuple]:
    with write_connection() as connection:
        return connection.execute(statement).fetchall()


def index_definitions() -> dict[str, str]:
    return dict(rows("select indexname, indexdef from pg_indexes where schemaname = 'support'"))


def test_the_fill_keeps_the_contract(told):
    found = inspect_all(deep=True)
    assert found.faults == []
    assert any(
        f"conversations: 23 columns match the contract, {EPISODES:,} rows" in n for n in found.notes
    )


def test_every_index_is_back(told, indexes):
    assert indexes
    assert index_definitions() == indexes


def test_each_episode_has_three_calls_and_six_messages(told):
    assert rows("select count(*), count(distinct conversation_id) from conversations") == [
        (EPISODES, EPISODES)
    ]
    per_episode = (
        "select distinct count({0}.account_id) from conversations left join {0}"
        " using (account_id, conversation_id)"
        " group by conversations.account_id, conversations.conversation_id"
    )
    assert rows(per_episode.format("spans")) == [(3,)]
    assert rows(per_episode.format("messages")) == [(6,)]


def test_background_jobs_are_a_tenth_and_have_no_conversation(told):
    [(jobs, inside)] = rows(
        "select count(*), count(conversation_id) from spans where origin = 'background'"
    )
    assert inside == 0
    assert jobs == pytest.approx(0.3 * EPISODES, rel=0.1)


def test_the_history_looks_like_a_company(told):
    [(topics, channels, languages, versions, sources, reasons)] = rows(
        "select count(distinct topic), count(distinct channel), count(distinct language),"
        " count(distinct agent_version), count(distinct source), count(distinct handoff_reason)"
        " from conversations"
    )
    assert (topics, channels, languages, versions, sources, reasons) == (12, 4, 4, 4, 2, 6)
    [(handed_off, rated)] = rows(
        "select avg(cast(handoff_at is not null as int)), avg(cast(rating is not null as int))"
        " from conversations"
    )
    assert float(handed_off) == pytest.approx(0.26, abs=0.04)
    assert float(rated) == pytest.approx(0.2, abs=0.03)
    [(failed, systems, names)] = rows(
        "select avg(cast(error_type is not null as int)), count(distinct system),"
        " count(distinct name) from spans where origin = 'agent'"
    )
    assert float(failed) == pytest.approx(0.04, abs=0.01)
    assert (systems, names) == (6, 30)


def test_a_part_of_the_failures_is_recovered_by_the_same_call(told):
    end = parse_instant(told["history"]["ends_at"], "UTC")
    rates = measure(
        ["api_error_rate", "unrecovered_error_rate"], Scope.last(timedelta(weeks=8), end)
    )
    failed, unrecovered = rates["value"]
    assert 0.55 < unrecovered / failed < 0.8


def test_nothing_happens_after_the_end(told):
    instants = {
        "conversations": (
            "started_at",
            "ended_at",
            "first_ai_reply_at",
            "handoff_at",
            "first_human_reply_at",
            "rated_at",
            "loaded_at",
        ),
        "spans": ("started_at", "loaded_at"),
        "messages": ("sent_at",),
    }
    ends_at = parse_instant(told["history"]["ends_at"], "UTC")
    for relation, columns in instants.items():
        [(latest,)] = rows(
            f"select greatest({', '.join(f'max({name})' for name in columns)}) from {relation}"
        )
        assert latest <= ends_at, relation


def test_every_page_question_and_load_is_told(told):
    about = subject(parse_instant(told["history"]["ends_at"], "UTC"))
    expected = {page.name: list(page.panels) for page in pages(about)}
    assert {page["what"]: [p["what"] for p in page["panels"]] for page in told["pages"]} == expected
    assert [raw["what"] for raw in told["raw"]] == list(raw_questions(about))
    assert len(told["load"]) == 11
    timed = [*told["pages"], *told["raw"], *(p for page in told["pages"] for p in page["panels"])]
    for timing in timed:
        assert 0 < timing["p50_ms"] <= timing["p95_ms"], timing
        assert timing["statements"] >= 1, timing
        assert timing["runs"] == 2, timing
    # A panel that read nothing would be measured for nothing.
    quiet = {"status", "newest change"}
    for page in told["pages"]:
        for panel in page["panels"]:
            assert panel["rows"] or panel["what"] in quiet or "rare" in page["what"], panel
    assert all(load["rows_per_second"] > 0 for load in told["load"])
    assert {size["table"] for size in told["sizes"]} == set(relations())


def test_a_load_leaves_nothing_behind(told):
    assert rows("select count(*) from conversations where conversation_id like 'again-%'") == [(0,)]
    assert rows("select count(*) from spans where span_id like 'again-%'") == [(0,)]


def test_what_is_filled_is_measured_again_as_it_stands(told):
    code, output = run(*SMALL, "--here", "--only", "containment", "--detail")
    assert code == 0
    lines = output.splitlines()
    assert lines[0].startswith(f"{EPISODES:,} episodes of 125 accounts in 8 weeks")
    assert told["history"]["ends_at"][:16].replace("T", " ") in lines[0]
    assert any(line.startswith("containment ") for line in lines)
    assert any(line.startswith("  switchboard ") for line in lines)
    assert not any(line.startswith("the wall") for line in lines)


def test_another_history_is_refused(told, capsys):
    assert main(["--episodes", "3000", "--here"]) == 1
    assert "holds a benchmark of 2,000 episodes" in capsys.readouterr().err


def test_a_page_that_there_is_not_is_refused(told, capsys):
    assert main([*SMALL, "--here", "--only", "nonsense"]) == 1
    assert "'nonsense'" in capsys.readouterr().err


def test_a_warehouse_with_data_is_left_alone(new_warehouse, capsys):
    filled = new_warehouse("filled")
    filled.add("accounts", [{"account_id": "a1", "name": "Harbor Dental"}])
    assert main([*SMALL, "--here"]) == 1
    assert "already holds data" in capsys.readouterr().err
    assert rows("select account_id from accounts") == [("a1",)]


def test_its_own_folder_is_removed_again():
    # Not pytest's own: as root the server's user must be able to reach it.
    around = Path("/tmp") / f"control-room-test-bench-{os.getpid()}"
    around.mkdir(mode=0o755)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.benchmarks",
            *SMALL,
            "--only",
            "find an account",
            "--indexes",
        ],
        cwd=PROJECT_ROOT,
        env={**os.environ, "TMPDIR": str(around)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: any(around.iterdir()), 60, "it makes no folder")
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        assert "find an account" in out
        assert list(around.iterdir()) == []
    finally:
        process.kill()
        shutil.rmtree(around)
