"""One warehouse a module, one account a test."""

import pytest

from tests.conftest import Warehouse
from tests.metrics.story import Story


@pytest.fixture
def story(warehouse: Warehouse, request: pytest.FixtureRequest) -> Story:
    return Story(warehouse, request.node.name)
