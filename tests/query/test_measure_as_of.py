"""Nothing after `as_of` is seen: the full warehouse and one without a future give the same figures."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import METRICS
from dashboard.metrics.sql import rows_of
from dashboard.postgres.engines import dispose_engines
from dashboard.postgres.read import fetch
from dashboard.query.measure import measure
from dashboard.scope import Scope
from tests.chance import tries
from tests.conftest import Warehouse
from tests.metrics.random_warehouse import FIRST, fill, random_rows, random_scope
from tests.metrics.story import known

_RELATIONS = ("accounts", "conversations", "messages", "spans", "changes")

# What is known at an instant, relation by relation. A group of columns is forgotten together.
_PAST = """
insert into past.accounts select * from support.accounts;
insert into past.changes select * from support.changes where changed_at <= {now};
insert into past.messages select * from support.messages where sent_at <= {now};
insert into past.spans
    select * from support.spans
    where started_at + coalesce(duration_ms, 0) * interval '1 millisecond' <= {now};
insert into past.conversations select * from support.conversations where started_at <= {now};
update past.conversations set rating = null, rated_at = null, rating_comment = null
    where coalesce(rated_at, ended_at, started_at) > {now};
update past.conversations set ended_at = null, closing_signal = null
    where ended_at > {now};
update past.conversations set handoff_at = null, handoff_reason = null, handoff_queue = null
    where handoff_at > {now};
update past.conversations set first_ai_reply_at = null where first_ai_reply_at > {now};
update past.conversations set first_human_reply_at = null where first_human_reply_at > {now};
analyze;
"""


@pytest.fixture(scope="module", autouse=True)
def _filled(warehouse: Warehouse) -> None:
    fill(warehouse, random_rows())
    warehouse.run("create schema past")
    for relation in _RELATIONS:
        warehouse.run(f"create table past.{relation} (like support.{relation} including all)")


@contextmanager
def without_a_future(warehouse: Warehouse, scope: Scope) -> Iterator[None]:
    """The product reads a copy from which everything after `as_of` is removed."""
    warehouse.run(f"truncate {', '.join(f'past.{relation}' for relation in _RELATIONS)}")
    warehouse.run(_PAST.format(now=f"timestamptz '{scope.as_of.isoformat()}'"))
    os.environ["WAREHOUSE_SCHEMA"] = "past"
    dispose_engines()
    try:
        yield
    finally:
        del os.environ["WAREHOUSE_SCHEMA"]
        dispose_engines()


Groups = dict[tuple, tuple[float | None, ...]]
_FIGURE = ("value", "n", "numerator", "denominator", "low", "high", "least", "most")


def everything(scope: Scope) -> Groups:
    """Every metric in every group there is, by all of its dimensions at once, and over time."""
    by_dimensions: dict[tuple[str, ...], list[str]] = {}
    for key, metric in METRICS.items():
        dimensions = tuple(dimension.key for dimension in metric.dimensions)
        by_dimensions.setdefault(dimensions, []).append(key)
    found: Groups = {}
    for dating in ("episode", "event"):
        found |= figures(list(METRICS), scope, dating=dating)
        found |= figures(list(METRICS), scope, dating=dating, bucket="day")
        for dimensions, metrics in by_dimensions.items():
            found |= figures(metrics, scope, dating=dating, by=dimensions)
    return found


def listed(scope: Scope) -> dict[str, list[str]]:
    """Every row of every fact with all its columns, as a drill-down may show them."""
    return {
        fact.key: sorted(
            str(dict(row)) for row in fetch(select(text("*")).select_from(rows_of(fact, scope)))
        )
        for fact in FACTS.values()
    }


def figures(metrics: list[str], scope: Scope, **asked) -> Groups:
    frame = measure(metrics, scope, **asked)
    keys = [name for name in frame.columns if name not in _FIGURE]
    return {
        (asked["dating"], *((key, row[key]) for key in keys)): tuple(
            known(row[name]) for name in _FIGURE
        )
        for row in frame.to_dict("records")
    }


@tries(25)
@given(seed=st.integers(0, 2**32))
def test_as_of_never_sees_the_future(warehouse: Warehouse, seed: int):
    scope = random_scope(seed)
    full, full_rows = everything(scope), listed(scope)
    with without_a_future(warehouse, scope):
        past, past_rows = everything(scope), listed(scope)
    assert full_rows == past_rows
    assert full
    assert full.keys() == past.keys()
    for key, figure in full.items():
        assert (key, figure) == (key, past[key])


def test_the_copy_is_a_different_warehouse(warehouse: Warehouse):
    # Else the comparison above would compare a thing with itself.
    early = Scope(FIRST, FIRST + timedelta(days=7), FIRST + timedelta(days=3))
    late = Scope(early.since, early.until, early.until)
    with without_a_future(warehouse, early):
        forgotten = everything(late)
    assert forgotten != everything(late)
