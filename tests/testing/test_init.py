"""The kit's public names, each imported when it is first used."""

import pytest

import perdure.testing
from perdure.testing.sandbox import Sandbox


def test_each_public_name_is_there():
    assert all(getattr(perdure.testing, name) for name in perdure.testing.__all__)
    assert perdure.testing.Sandbox is Sandbox


def test_a_name_that_is_not_there_is_told():
    with pytest.raises(AttributeError, match="no attribute 'Sandbx'"):
        _ = perdure.testing.Sandbx
