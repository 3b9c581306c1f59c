"""Every metric of the registry is rolled up, and so is what a stranger adds to it."""

import json
import subprocess
import sys

import pytest

from dashboard.metrics.facts import FACTS
from dashboard.metrics.registry import METRICS
from dashboard.rollups.definitions import ROLLUP_GROUPS
from dashboard.settings import PROJECT_ROOT
from tests.conftest import Warehouse
from tests.metrics.random_warehouse import fill, random_rows
from tests.rollups.strangers import WORKING

SUMMED = {group.fact.key for group in ROLLUP_GROUPS} | {"involvement"}
FROM_FACTS = {"back_later", "rated_and_back"}


@pytest.fixture(scope="module")
def found(warehouse: Warehouse) -> dict:
    """What `rolling_strangers` prints, of a warehouse of chance."""
    fill(warehouse, random_rows())
    ran = subprocess.run(
        [sys.executable, "-m", "tests.rollups.rolling_strangers"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_sums_say_what_the_facts_say(found: dict):
    assert found["days"] > 0
    assert found["wrong"] == []


def test_every_metric_that_adds_up_is_read_from_sums(found: dict):
    every = {**METRICS, **{metric.key: metric for metric in WORKING}}
    wanted = {key for key, metric in every.items() if set(metric.facts) <= SUMMED} - FROM_FACTS
    assert not any(FACTS[fact].is_snapshot for key in wanted for fact in every[key].facts)
    assert set(found["rolled"]) == wanted
