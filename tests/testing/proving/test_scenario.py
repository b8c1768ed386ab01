"""A scenario says what starts, what comes, and what must hold."""

import pytest

from perdure import complete, step, wait, workflow
from perdure.errors import ConfigError
from perdure.testing import Cancel, Event, Pause, Signal, scenario_of
from perdure.testing.proving.scenario import payload_of


@workflow("scenario of two waits")
class Flow:
    @step(start=True)
    def first(self):
        return wait.for_signal("one", then="second")

    @step()
    def second(self):
        return wait.for_signal("two", then="third")

    @step()
    def third(self):
        return complete()


def test_signals_that_are_not_given_are_those_that_the_workflow_names():
    assert [each.name for each in scenario_of(Flow).signals] == ["one", "two"]
    assert scenario_of(Flow, signals=[]).signals == ()


def test_a_start_is_one_runs_arguments_or_several():
    assert scenario_of(Flow, start={"a": 1}).starts == ({"a": 1},)
    assert scenario_of(Flow, start=[{"a": 1}, {"a": 2}]).starts == ({"a": 1}, {"a": 2})
    assert scenario_of(Flow).starts == ({},)


def test_a_signal_may_be_given_by_its_name():
    assert scenario_of(Flow, signals=["one"]).signals == (Signal("one"),)


def test_what_is_no_workflow_is_refused():
    with pytest.raises(ConfigError, match="is no workflow"):
        scenario_of(int)


def test_what_others_do_is_said_beside_the_signals():
    acts = [Cancel(once_waiting=True), Pause(seconds=60.0), Event("paid", entity="Order", of="n")]

    assert scenario_of(Flow, acts=acts).acts == tuple(acts)
    assert scenario_of(Flow).acts == ()


def test_a_payload_may_hang_on_the_runs_arguments():
    assert payload_of({"a": 1}, {"n": 2}) == {"a": 1}
    assert payload_of(lambda given: {"a": given["n"]}, {"n": 2}) == {"a": 2}
