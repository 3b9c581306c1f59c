"""`python -m dashboard simulate`, as it is typed."""

from collections.abc import Callable

import pytest

from dashboard.__main__ import main
from dashboard.postgres.engines import write_connection

SMALL = [
    "simulate",
    "--accounts",
    "60",
    "--days",
    "3",
    "--episodes",
    "300",
    "--until",
    "2026-03-04T11:30",
]


def held() -> tuple:
    with write_connection() as connection:
        row = connection.execute(
            "select seed, anchor::text, accounts, episodes, days, filled_until::text"
            " from control_room.demo"
        ).fetchone()
    assert row
    return row


def test_it_fills_once_and_says_what_it_did(
    new_warehouse: Callable[[str], object], capsys: pytest.CaptureFixture[str]
) -> None:
    new_warehouse("command")
    assert main([*SMALL, "--seed", "5"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Emptying")
    assert lines[-1].startswith("Demo data created, seed 5, in ")
    assert len(lines) < 10
    assert held() == (5, "2026-03-04", 60, 300, 3, "2026-03-04 11:30:00+00")
    assert main([*SMALL, "--seed", "5"]) == 0
    assert capsys.readouterr().err == "Demo data with seed 5 already exists.\n"


def test_another_seed_needs_replace(
    new_warehouse: Callable[[str], object], capsys: pytest.CaptureFixture[str]
) -> None:
    new_warehouse("replace")
    main([*SMALL, "--seed", "5"])
    capsys.readouterr()
    assert main([*SMALL, "--seed", "6"]) == 1
    refusal = capsys.readouterr().err
    assert refusal.count("\n") == 1
    assert "--replace" in refusal
    assert main([*SMALL, "--seed", "6", "--replace", "--anchor", "2026-03-03"]) == 0
    assert held()[:2] == (6, "2026-03-03")


def test_a_history_that_ends_before_it_begins_is_refused(
    new_warehouse: Callable[[str], object], capsys: pytest.CaptureFixture[str]
) -> None:
    new_warehouse("backwards")
    assert main([*SMALL, "--anchor", "2026-06-01"]) == 1
    assert "end earlier" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [["--days", "0"], ["--episodes", "-1"], ["--until", "soon"], ["--anchor", "2026-02-30"]],
)
def test_what_cannot_be_read_is_refused_with_the_usage(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["simulate", *wrong])
    assert end.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_the_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["simulate", "--help"])
    assert end.value.code == 0
    assert "python -m dashboard simulate --replace" in capsys.readouterr().out
