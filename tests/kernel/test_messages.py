"""Messages: what can be told to a run, as data."""

from dataclasses import is_dataclass
from typing import get_args

import pytest

from perdure.kernel import messages
from tests.kernel.scenes import NOW


@pytest.mark.parametrize("kind", get_args(messages.Message))
def test_a_message_cannot_change_once_it_is_made(kind):
    assert kind.__dataclass_params__.frozen
    assert hasattr(kind, "__slots__")


def test_every_message_of_the_module_is_in_the_union():
    made = {
        kind
        for kind in vars(messages).values()
        if is_dataclass(kind) and kind.__module__ == messages.__name__
    }

    assert made == set(get_args(messages.Message))


def test_a_signal_is_addressed_unless_it_says_otherwise():
    told = messages.Signal(id=7, name="approved")

    assert told.addressed
    assert told.key is None


@pytest.mark.parametrize("kind", [messages.Cancel, messages.Pause, messages.Resume, messages.Retry])
def test_who_asks_need_not_say_why(kind):
    assert (kind().by, kind().why) == ("", "")
    assert (kind("ann", "too late").by, kind("ann", "too late").why) == ("ann", "too late")


def test_a_run_starts_now_unless_it_is_said_when():
    assert messages.Start().at is None
    assert messages.Start(NOW).at == NOW
