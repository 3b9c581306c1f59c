"""The one list of dimensions: what an entry must say, and what the SQL files make of it."""

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from dashboard import components
from dashboard.errors import DimensionInvalid
from dashboard.metrics.dimension import Dimension
from dashboard.metrics.dimension_sql import with_dimensions
from dashboard.metrics.dimensions import DIMENSIONS, EPISODE_DIMENSIONS, INNER_DIMENSIONS
from dashboard.metrics.facts import FACTS
from dashboard.metrics.validation import check_dimensions
from dashboard.query_files import QUERIES, query_text
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.rollups.placement import check_settled

BAND = Dimension(
    "band",
    "Band",
    "What the account pays.",
    "case when accounts.monthly_revenue < 100 then 'a: b' else '{column}' end",
)
WEEKDAY = Dimension(
    "weekday", "Weekday", "When it began.", "to_char(conversations.started_at, 'Dy')"
)
MARKED = sorted(
    file.relative_to(QUERIES).as_posix()
    for file in Path(QUERIES).rglob("*.sql")
    if "-- per dimension of" in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("one", (*DIMENSIONS, *INNER_DIMENSIONS), ids=lambda one: one.key)
def test_it_is_described_in_a_sentence(one: Dimension):
    assert one.description[0].isupper() and one.description.endswith(".")
    assert one.label[0].isupper() and not one.label.endswith(".")
    assert one.description.count(". ") == 0


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"key": "Revenue band"}, "its key goes into links"),
        ({"label": ""}, "needs a label"),
        ({"description": "what it pays"}, "a description that is a sentence"),
        ({"sql": ""}, "needs `sql`, or the `column` that the facts' files have"),
        ({"sql": "lower(topic)"}, "names each column with its table"),
        ({"sql": "lower('accounts.plan')"}, "it reads no column"),
        ({"sql": "concat(accounts.plan, topic)"}, "it reads a bare topic, accounts"),
        ({"sql": "case when accounts.plan"}, "its SQL is no expression that can be read"),
        ({"sql": "concat(accounts.plan, conversations.topic)"}, "it reads accounts, conversations"),
        ({"sql": "messages.body"}, "it reads messages"),
        (
            {"sql": "accounts.plan; drop table accounts"},
            "its SQL is no expression that can be read",
        ),
        ({"sql": "accounts.plan -- as it is"}, "without a comment"),
        (
            {"sql": "conversations.closing_signal"},
            "closing_signal is not known when a conversation",
        ),
        ({"facts": ("episodes",)}, "leave `facts` out"),
    ],
)
def test_an_entry_that_cannot_work_says_why(entry: dict, why: str):
    usual = {"key": "band", "label": "Band", "description": "It is.", "sql": "accounts.plan"}
    with pytest.raises(DimensionInvalid, match="cannot work") as refused:
        Dimension(**{**usual, **entry})
    assert repr({**usual, **entry}["key"]) in str(refused.value)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (
            {"column": "closing_signl", "facts": ("episodes",)},
            "is the column 'closing_signl', which the rows of episodes do not have. Did you mean"
            " closing_signal?",
        ),
        ({"column": "outcome", "facts": ("episode",)}, "is of 'episode', which is no fact."),
        ({"column": "outcome"}, "which the rows of excluded_episodes do not have"),
    ],
)
def test_a_column_that_no_row_has_is_refused(entry: dict, why: str):
    with pytest.raises(DimensionInvalid) as refused:
        check_dimensions([Dimension("left", "Left", "How it ended.", **entry)])
    assert str(refused.value).startswith("The dimension 'left' ")
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "sql", ["accounts.created_at > now()", "age(accounts.created_at)", "accounts.plan || random()"]
)
def test_one_that_asks_the_clock_or_chance_is_refused(sql: str):
    with pytest.raises(DimensionInvalid) as refused:
        check_dimensions([Dimension("new", "New", "Whether it is new.", sql)])
    assert str(refused.value).startswith("The dimension 'new' asks the clock or chance")


def test_sums_are_kept_by_nothing_that_changes_later():
    with pytest.raises(DimensionInvalid) as refused:
        check_settled([Dimension("said", "Said", "What they wrote.", column="rating_comment")])
    assert "'said' cannot be rolled up: 'rating_comment' may change" in str(refused.value)


def test_those_that_all_facts_have_are_offered_everywhere():
    for fact in FACTS.values():
        assert {one.key for one in EPISODE_DIMENSIONS} <= {one.key for one in fact.dimensions}


def test_no_page_means_something_else_by_the_key_of_a_filter():
    keys = {one.key for one in EPISODE_DIMENSIONS} - {"account"}
    pages = [
        import_module(found.name)
        for found in walk_packages(components.__path__, "dashboard.components.")
    ]
    own = {page.__name__: set(page._OWN) & keys for page in pages if hasattr(page, "_OWN")}
    assert len(own) > 3
    assert not any(own.values()), own


@pytest.mark.parametrize("path", MARKED)
def test_a_file_runs_without_what_is_filled_in(path: str):
    text = query_text(path)
    bare = with_dimensions(text, ())
    assert [line for line in text.splitlines() if not line.lstrip().startswith("--")] == [
        line for line in bare.splitlines() if not line.lstrip().startswith("--")
    ]
    assert "-- per dimension of" not in bare


@pytest.mark.parametrize("path", MARKED)
def test_each_mark_becomes_a_line_for_each_dimension(path: str):
    text = query_text(path)
    filled = with_dimensions(text, (BAND, WEEKDAY))
    for one in (BAND, WEEKDAY):
        marks = text.count(f"-- per dimension of {one.reads}: ")
        lines = [line for line in filled.splitlines() if one.column in line or one.sql[:12] in line]
        assert len(lines) == marks
        assert all(line.endswith(",") and "--" not in line for line in lines)


def test_every_fact_and_all_that_is_kept_of_it_has_a_mark_for_both():
    kept = [group.kept.path for group in ROLLUP_GROUPS if group.kept]
    for path in {*(fact.path for fact in FACTS.values()), *kept}:
        text = query_text(path)
        for table in ("conversations", "accounts"):
            assert f"-- per dimension of {table}: " in text, (path, table)


def test_what_it_says_is_no_parameter_and_no_placeholder():
    filled = with_dimensions("    -- per dimension of accounts: {sql} as {column},\n", (BAND,))
    assert filled == (
        "    cast(case when accounts.monthly_revenue < 100 then 'a\\: b' else '{column}' end as text)"
        " as dimension_band,\n"
    )
