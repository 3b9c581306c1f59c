"""The recipe of a new source, done to the letter: it is listed, loads, refuses and shows how far it is."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Warehouse
from tests.recipes import Copy, blocks

GOOD = {"customer": "a1", "call": "c1", "began": "2026-03-02T09:00Z", "ended": "2026-03-02T09:05Z"}
LINES = [
    GOOD,
    "{",
    {**GOOD, "call": "c2", "began": "soon"},
    {"customer": "a1"},
    {**GOOD, "call": "c3", "ended": "2026-03-02T09:09+02:00"},
    [1],
]
_COMMAND = """
import contextlib, io, json, sys
from dashboard.__main__ import main
class Terminal(io.StringIO):
    def isatty(self):
        return True
out, errors = io.StringIO(), Terminal()
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
    try:
        code = main(sys.argv[1:])
    except SystemExit as ended:
        code = ended.code
print(json.dumps([code, out.getvalue(), errors.getvalue()]))
"""
_DATA_HEALTH = """
import json
from tests.pages.app_page import open_page, words_on
app = open_page("definitions", section="data")
print(json.dumps(words_on(app) + " ".join(str(piece.proto.body) for piece in app.get("html"))))
"""


@pytest.fixture(scope="module")
def warehouse(new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    return new_warehouse("source")


@pytest.fixture(scope="module")
def copy(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("recipe") / "project")
    (path, code), (registry, line), (again, entry) = blocks("A new source")
    assert registry == again == "dashboard/sources/registry.py"
    made.write(path, code)
    made.insert(registry, line, "from dashboard.sources.tau.source")
    made.insert(registry, entry, "    TauSource(),")
    return made


def command(copy: Copy, *words: object) -> tuple[int, str, str]:
    """Exit code, output and what a terminal is written, of a command in the copy."""
    return tuple(json.loads(copy.run("-c", _COMMAND, *map(str, words)).splitlines()[-1]))


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calls") / "calls.jsonl"
    path.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in LINES)
    )
    return path


def test_it_is_listed_with_its_example(copy: Copy):
    _, out, _ = command(copy, "load", "--help")
    assert "phone" in out and "Phone system" in out
    assert "python -m dashboard load phone calls.jsonl" in out
    _, out, _ = command(copy, "load", "phone", "--help")
    assert "Load calls that the phone system has exported" in out
    assert "the exit code is then 1" in out.replace("\n", " ")


def test_it_loads_refuses_and_shows_its_progress(copy: Copy, calls: Path, warehouse: Warehouse):
    code, out, errors = command(copy, "load", "phone", calls)
    assert (code, out) == (1, "2 conversations loaded from 1 file, 4 rejected.\n")
    assert "\r\x1b[Kcalls.jsonl: reading" in errors
    assert "\r\x1b[Kcalls.jsonl: 2 rows" in errors
    lines = errors.replace("\r\x1b[K", "\n").splitlines()
    refused = [line for line in lines if line.startswith(f"{calls}: line ")]
    places = [line.removeprefix(f"{calls}: line ").partition(": ") for line in refused]
    assert [(place, reason[:15]) for place, _, reason in places] == [
        ("2", "cannot be read:"),
        ("3", "cannot be read:"),
        ("4", "has no 'call'."),
        ("6", "cannot be read:"),
    ]
    assert f"{calls}: 2 conversations, 0 spans (2 rows new, 0 changed, 0 unchanged)" in lines
    with psycopg.connect(warehouse.url) as connection:
        (held,) = connection.execute(
            "select array_agg(conversation_id order by 1) from support.conversations"
        ).fetchone() or ([],)
    assert held == ["c1", "c3"]


def test_a_file_that_is_none_is_refused_the_same_way(copy: Copy, calls: Path):
    missing = calls.with_name("none.jsonl")
    code, out, errors = command(copy, "load", "phone", missing, calls)
    assert (code, out) == (1, "2 conversations loaded from 2 files, 5 rejected.\n")
    assert f"{missing}: cannot be read: No such file or directory." in errors
    assert "(0 rows new, 0 changed, 2 unchanged)" in errors


def test_data_health_calls_it_by_its_name_and_others_as_they_are(
    copy: Copy, calls: Path, warehouse: Warehouse
):
    command(copy, "load", "phone", calls)
    warehouse.run(
        "insert into conversations (account_id, conversation_id, source, channel, started_at)"
        " values ('a2', 'z1', 'their-own-loader', 'chat', '2026-03-02Z')"
    )
    shown = json.loads(copy.run("-c", _DATA_HEALTH).splitlines()[-1])
    assert "Phone calls" in shown and "Phone system" in shown
    assert "their-own-loader" in shown


def test_its_imports_point_down(copy: Copy):
    copy.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_layers.py")
