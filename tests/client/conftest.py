"""A client over an engine in memory, whose steps run at once."""

import pytest

from perdure.client.client import Client
from tests.service import scenes


@pytest.fixture
def engine():
    with scenes.engine() as opened:
        yield opened


@pytest.fixture
def client(engine):
    return Client(api_key="any", engine=engine)
