"""The recipe of a new metric, done to the letter, gives one that stands wherever a metric stands."""

import json

import pytest

from tests.conftest import Warehouse
from tests.recipes import Copy, blocks

BEFORE = {
    "dashboard/metrics/definitions/resolution.py": "    *(_durable(window) for window in _HOURS),\n",
    "tests/metrics/expected.py": '    "maturity_24h": share(',
    "tests/metrics/test_reference.py": '        "automation_rate": (None, None, ',
}
_SEEN = """
import json
from datetime import timedelta
from dashboard.query.measure import measure
from dashboard.query.read_from import Reading
from dashboard.rollups.builder import roll_up
from dashboard.scope import Scope
from tests.conftest import at
from tests.pages.drawn import open_page
from tests.pages.app_page import words_on

def words(page, **link):
    app = open_page(page, as_of="2026-03-04T14:20", **link)
    assert not app.exception, app.exception
    html = " ".join(str(piece.proto.body) for piece in app.get("html"))
    return words_on(app) + html

now = at(14 + 20 / 60, days=2)
scope = Scope(now - timedelta(days=7), now, now)
rolled = roll_up()
assert rolled is not None and not rolled.failures
weeks = Scope(at(0, days=-28), at(0, days=-7), now)
frame, facts = (measure(["dissatisfied_rate"], weeks, reading=r) for r in (Reading.ROLLUPS, Reading.FACTS))
(row,) = measure(["dissatisfied_rate"], scope).to_dict("records")
print(json.dumps({
    "value": row["value"], "n": row["n"], "numerator": row["numerator"],
    "read_from": str(frame.attrs["read_from"]), "agree": frame.equals(facts),
    "containment": words("containment"),
    "shown": words("containment", shown="dissatisfied_rate"),
    "conversations": words("conversations", metric="dissatisfied_rate", window="7d"),
    "glossary": words("definitions"),
}))
"""
SENTENCE = "Episodes that ended on a negative note, as a share of episodes that have ended."


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy of the project, the recipe done in it."""
    made = Copy(tmp_path_factory.mktemp("recipe") / "project")
    found = blocks("A new metric")
    assert [path for path, _ in found] == list(BEFORE)
    for path, code in found:
        made.insert(path, code, BEFORE[path])
    return made


@pytest.fixture(scope="module")
def seen(copy: Copy, demo_warehouse: Warehouse) -> dict:
    """What the copy shows of the metric, of a demo company."""
    return json.loads(copy.run("-c", _SEEN).splitlines()[-1])


def test_its_values_by_hand_are_held(copy: Copy):
    tests = ("tests/metrics/test_hand_made.py", "tests/metrics/test_reference.py")
    copy.run("-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *tests)
    copy.run(
        "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/metrics/test_registry.py"
    )


def test_a_card_a_trend_and_a_breakdown(seen: dict):
    assert seen["numerator"] > 0
    assert "Ended dissatisfied" in seen["containment"]
    assert "metric=dissatisfied_rate" in seen["containment"]
    assert f"{100 * seen['value']:.1f}" in seen["containment"]
    assert "Ended dissatisfied by day" in seen["shown"]
    assert "Ended dissatisfied by day" not in seen["containment"]
    assert "Ended dissatisfied by topic" in seen["shown"]


def test_a_tooltip_and_an_entry_of_the_glossary(seen: dict):
    assert SENTENCE in seen["shown"]
    assert SENTENCE in seen["glossary"]


def test_the_conversations_behind_it(seen: dict):
    assert "pisodes that ended on a negative note" in seen["conversations"]
    assert f"{seen['numerator']:,.0f}" in seen["conversations"]


def test_sums_of_it(seen: dict):
    assert seen["agree"]
    assert "'episodes'" in seen["read_from"]


def test_the_command_line_measures_it(copy: Copy, demo_warehouse: Warehouse, seen: dict):
    asked = ("-m", "dashboard", "measure", "dissatisfied_rate", "--as-of", "2026-03-04T14:20Z")
    assert str(int(seen["n"])) in copy.run(*asked, "--last", "7d").replace(",", "")


def test_a_strangers_mistake_stops_the_start_with_a_sentence(copy: Copy):
    path = copy.folder / "dashboard/metrics/definitions/resolution.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("closing_signal in (", "closing in ("), encoding="utf-8")
    try:
        with pytest.raises(AssertionError) as refused:
            copy.run("-m", "dashboard", "check")
    finally:
        path.write_text(before, encoding="utf-8")
    assert refused.value.args[0].startswith(
        "error: Metric 'dissatisfied_rate' mentions the column 'closing', which no episode has:"
    )
    assert "Traceback" not in refused.value.args[0]
    assert "Did you mean closing_signal? There are: account_id" in refused.value.args[0]
