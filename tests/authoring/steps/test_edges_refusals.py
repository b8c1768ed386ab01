"""Targets that are refused when a class is declared, and those that only a run can judge."""

import pytest

from perdure.authoring.steps.bytecode import Const
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import goto, sleep, wait
from perdure.authoring.steps.edges import argument, edges_of
from perdure.authoring.steps.methods import methods_of
from perdure.errors import DefinitionError
from tests.authoring.steps.scenes import edges, with_steps


def refused(body):
    with pytest.raises(DefinitionError) as error:
        edges(body)
    return str(error.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (lambda _self: goto("bb"), "Made.a: goto leads to 'bb', and there is no such step."),
        (lambda _self: goto("bb"), "Did you mean 'b'?"),
        (lambda _self: goto("elsewhere"), "Its steps: b, c, a"),
        (lambda self: goto(self.cc), "goto leads to 'cc', and there is no such step."),
        (lambda self: goto(self.pick), "leads to 'pick', which is no step. Write @step() above"),
        (lambda _self: sleep(1, then="x"), "sleep leads to 'x'"),
        (lambda _self: wait.for_signal("s", then="x"), "for_signal leads to 'x'"),
        (lambda _self: wait.for_signal("s", timeout=1, on_timeout="x"), "for_signal leads to 'x'"),
        (lambda self: goto(self.b()), "goto is given self.b(), which runs that step"),
        (lambda self: goto(self.b()), "Write self.b without ()"),
        (lambda self: wait.for_signal("s", then=self.b()), "for_signal is given self.b()"),
    ],
)
def test_a_wrong_target_is_refused_with_class_step_and_remedy(body, said):
    """A003-19."""
    assert refused(body).startswith("Made.a: ")
    assert said in refused(body)


def test_a_wrong_target_in_a_helper_is_told_with_the_step_that_uses_it():
    class Helped:
        @step()
        def only(self):
            return goto(self.choose())

        def choose(self):
            return "onyl"

    with pytest.raises(DefinitionError, match=r"Helped\.only: goto leads to 'onyl'.*'only'\?"):
        edges_of(methods_of(Helped))


def test_what_only_an_instance_knows_is_left_to_it():
    class Dynamic:
        targets = 3

        def __init__(self):
            self.chosen = self.only

        @step()
        def only(self):
            return goto(self.chosen) if self else goto(self.targets)

    class Answering:
        def __getattr__(self, name):
            return getattr(self, name.lower())

        @step()
        def only(self):
            return goto(self.ONLY)

    assert not edges_of(methods_of(Dynamic))["only"].all()
    assert not edges_of(methods_of(Answering))["only"].all()


def test_an_argument_that_is_none_was_not_given():
    (call,) = edges(lambda _self: wait.for_signal("paid", key=None, timeout=3)).open_waits

    assert argument(call, "for_signal", "key") is None
    assert argument(call, "for_signal", "timeout") == Const(3)
    assert argument(call, "for_signal", "on_timeout") is None


def test_a_wrong_target_may_be_a_doubt_only():
    methods = methods_of(with_steps(lambda _self: goto("bb")))
    doubts = []

    found = edges_of(methods, doubts)

    assert not found["a"].all()
    assert doubts == ["Made.a: goto leads to 'bb', and there is no such step. Did you mean 'b'?"]
