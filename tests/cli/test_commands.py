"""The command line: the same figures as on screen, help with examples, one-line errors."""

import csv
import io
import json

import pytest

from dashboard.__main__ import main
from dashboard.metrics.registry import METRICS
from dashboard.postgres.engines import dispose_engines
from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.conftest import Warehouse, at, conversation, span
from tests.metrics.story import known

WINDOW = ["--from", "2026-03-02", "--to", "2026-03-03", "--as-of", "2026-03-04"]


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    warehouse.add(
        "conversations",
        [
            conversation(1, at(1), topic="billing", first_ai_reply_at=at(1.1), ended_at=at(2)),
            conversation(
                2,
                at(3),
                topic="billing",
                first_ai_reply_at=at(3.1),
                handoff_at=at(3.2),
                handoff_reason="policy",
                first_human_reply_at=at(3.5),
                ended_at=at(4),
            ),
            conversation(3, at(5), first_ai_reply_at=at(5.1), ended_at=at(6), channel="email"),
            conversation(4, at(7), first_ai_reply_at=at(7.1)),
        ],
    )
    warehouse.add("spans", [span(1, at(1), conversation_id="c1")])


def run(capsys: pytest.CaptureFixture, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    output = capsys.readouterr()
    return code, output.out, output.err


def test_json_has_every_figure_with_its_n_and_interval(capsys):
    code, out, _ = run(
        capsys,
        "measure",
        "containment_rate",
        "escalations",
        "--by",
        "topic",
        *WINDOW,
        "--format",
        "json",
    )
    assert code == 0
    rows = {(row["metric"], row["topic"]): row for row in json.loads(out)}
    # Billing: one contained of two settled. Unknown topic: one of one, the fourth is pending.
    billing, unknown = rows["containment_rate", "billing"], rows["containment_rate", None]
    assert (billing["value"], billing["n"]) == (0.5, 2)
    assert billing["low"] == pytest.approx(0.0945, abs=1e-4)  # Wilson, 1 of 2
    assert billing["high"] == pytest.approx(0.9055, abs=1e-4)
    assert (unknown["value"], unknown["n"]) == (1.0, 1)
    assert rows["escalations", "billing"]["value"] == 1


def test_the_command_line_and_the_pages_agree(capsys):
    keys = list(METRICS)
    _, out, _ = run(capsys, "measure", *keys, *WINDOW, "--format", "json")
    printed = {row["metric"]: row["value"] for row in json.loads(out)}
    figures = measure(keys, Scope(at(0), at(24), at(48)))
    assert printed == {row.metric: known(row.value) for row in figures.itertuples()}
    assert set(printed) == set(keys)


def test_csv_and_filters(capsys):
    _, out, _ = run(
        capsys,
        "measure",
        "episodes",
        *WINDOW,
        "--where",
        "channel=email",
        "--bucket",
        "hour",
        "--format",
        "csv",
    )
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 24
    assert [row["bucket"] for row in rows if float(row["value"]) == 1] == [
        "2026-03-02 05:00:00+00:00"
    ]


def test_it_says_what_was_read_and_why(capsys):
    _, out, told = run(capsys, "measure", "episodes", "open_handoffs", *WINDOW, "--explain")
    assert told.splitlines() == [
        "episodes: Read from: the facts (no rollups are built).",
        "open_handoffs: Read from: the facts (it holds at an instant, and does not add up over time).",
    ]
    assert "Read from" not in out
    _, out, _ = run(capsys, "measure", "episodes", *WINDOW, "--format", "json", "--facts")
    (row,) = json.loads(out)
    assert row["from_rollups"] == 0
    assert [(part["read_from"], part["reason"]) for part in row["read_from"]] == [
        ("facts", "switched_off")
    ]
    _, out, _ = run(capsys, "measure", "episodes", *WINDOW, "--format", "csv", "--facts")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["read_from"] == "Read from: the facts (rollups are switched off)."


def test_an_unknown_value_is_a_value(capsys):
    _, out, _ = run(
        capsys, "measure", "episodes", *WINDOW, "--where", "topic=(unknown)", "--format", "json"
    )
    assert json.loads(out)[0]["value"] == 2


def test_a_table_for_people(capsys):
    _, out, _ = run(capsys, "measure", "containment_rate", "--by", "topic", *WINDOW)
    assert "(unknown)" in out
    assert "0.5" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["measure", "containment"], "Did you mean containment_rate?"),
        (["measure", "episodes", "--by", "colour"], "Episodes have no dimension 'colour'."),
        (
            ["measure", "episodes", "--where", "chat"],
            "'chat' is not a filter. Use for example --where channel=chat.",
        ),
        (["measure", "episodes", "--from", "soon"], "'soon' is not a valid date or time."),
        (
            ["measure", "episodes", "--from", "2026-03-03", "--to", "2026-03-02"],
            "ends before it starts",
        ),
        (
            ["measure", "episodes", "--from", "2026-03-03", "--last", "7d"],
            "--from and --last cannot be combined",
        ),
        (["measure", "episodes", "--time-zone", "Mars/Base"], "not a time zone"),
        (["measure"], "--list` lists them"),
    ],
)
def test_a_mistake_is_one_line_with_a_hint(capsys, arguments, words):
    code, out, err = run(capsys, *arguments)
    assert code == 1
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert words in err


@pytest.mark.parametrize("command", ["run", "load", "simulate", "measure", "check"])
def test_every_command_explains_itself_with_examples(capsys, command):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "example" in capsys.readouterr().out


def test_check_is_content_with_a_good_warehouse(capsys):
    code, out, _ = run(capsys, "check", "--deep")
    assert code == 0
    assert "conversations: 23 columns match the contract, 4 rows" in out
    assert "fault" not in out


def test_check_names_every_fault(capsys, new_warehouse):
    broken = new_warehouse("broken")
    broken.run("drop table spans")
    broken.run("alter table conversations drop column topic")
    broken.run("alter table messages alter column sent_at type text")
    broken.run("alter table accounts alter column name drop not null")
    broken.run("insert into accounts (account_id) values ('a')")
    code, out, _ = run(capsys, "check", "--deep")
    faults = [line for line in out.splitlines() if line.startswith("fault")]
    assert code == 1
    assert len(faults) == 4
    for words in (
        "support.spans is missing",
        "support.conversations.topic is missing; expected type text",
        "support.messages.sent_at is text; expected timestamptz",
        "accounts.name is null in 1 rows",
    ):
        assert any(words in fault for fault in faults)


def test_check_of_a_warehouse_that_is_down(capsys, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/none")
    dispose_engines()
    code, out, _ = run(capsys, "check")
    assert code == 1
    assert out.startswith("fault  The warehouse is not responding.")
    monkeypatch.undo()
    dispose_engines()


def test_a_reader_without_rights_is_told_which_to_grant(capsys, new_warehouse, monkeypatch):
    secret = new_warehouse("secret")
    secret.run("drop role if exists onlooker")
    secret.run("create role onlooker login")
    secret.run("grant usage on schema support to onlooker")
    secret.run("grant select on all tables in schema support to onlooker")
    secret.run("revoke select on evaluations from onlooker")
    monkeypatch.setenv("WAREHOUSE_URL", secret.url.replace("postgres@", "onlooker@"))
    dispose_engines()
    code, out, _ = run(capsys, "check")
    assert code == 1
    assert [line for line in out.splitlines() if line.startswith("fault")] == [
        "fault  support.evaluations cannot be read: grant select on it"
    ]
    monkeypatch.undo()
    dispose_engines()
    secret.run("drop owned by onlooker")
    secret.run("drop role onlooker")
