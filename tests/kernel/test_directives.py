"""Directives: what a step may ask for, as data."""

from typing import get_args

import pytest

from perdure.kernel import directives


def test_an_outcome_is_a_directive_or_a_failure():
    assert set(get_args(directives.Outcome)) == {
        *get_args(directives.Directive),
        directives.Failed,
    }


@pytest.mark.parametrize("kind", get_args(directives.Outcome))
def test_an_outcome_cannot_change_once_it_is_made(kind):
    assert kind.__dataclass_params__.frozen
    assert hasattr(kind, "__slots__")


def test_a_sleep_comes_back_to_its_step_unless_it_says_where_to():
    assert directives.Sleep(60.0).then is None


def test_a_wait_asks_for_nothing_but_a_name():
    asked = directives.Wait(name="approved")

    assert (asked.key, asked.timeout, asked.on_timeout, asked.then) == (None, None, None, None)
    assert not asked.fresh


def test_a_failure_may_be_tried_again_at_once_unless_it_says_otherwise():
    failed = directives.Failed(kind="oops", error="it broke")

    assert failed.retryable
    assert failed.retry_after is None
