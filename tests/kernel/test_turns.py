"""The events of turns are among those of histories, under the same names."""

from typing import get_args

import pytest

from perdure.kernel import history, turns


@pytest.mark.parametrize("name", ["RunFailing", "RunRecovered", "RunRewound", "RunForked"])
def test_a_turn_is_an_event_of_a_history(name):
    kind = getattr(turns, name)

    assert getattr(history, name) is kind
    assert kind in get_args(history.Event)
