"""The examples in docstrings, run as they are printed."""

import doctest
from datetime import UTC, datetime
from types import ModuleType

import pytest

from dashboard import scope
from dashboard.metrics import formatting
from dashboard.query.measure import measure
from tests.conftest import Warehouse, at, conversation


@pytest.mark.parametrize("module", [scope, formatting], ids=lambda module: module.__name__)
def test_the_examples_of_a_module(module: ModuleType):
    failed, attempted = doctest.testmod(module)
    assert attempted
    assert not failed


def test_the_example_of_measure(warehouse: Warehouse):
    answered = {"first_ai_reply_at": at(9.1), "ended_at": at(12)}
    warehouse.add(
        "conversations",
        [
            conversation(1, at(9), topic="billing", **answered),
            conversation(2, at(9), topic="billing", **answered, handoff_at=at(10)),
            conversation(3, at(9), topic="login", **answered),
        ],
    )
    names = {"UTC": UTC, "datetime": datetime, "Scope": scope.Scope, "measure": measure}
    [example] = doctest.DocTestFinder().find(measure, "measure", globs=names)
    assert example.examples
    assert not doctest.DocTestRunner().run(example).failed
