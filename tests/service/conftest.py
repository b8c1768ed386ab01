"""An engine for each test."""

import pytest

from tests.service import scenes


@pytest.fixture
def engine():
    with scenes.engine() as opened:
        yield opened
