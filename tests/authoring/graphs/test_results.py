"""What a graph's run came to."""

import pytest

from perdure.authoring.graphs.results import final_result
from perdure.kernel.filling import MissingReferenceError
from perdure.kernel.plan import StepPlan
from perdure.wire.encoding import encode
from tests.authoring.graphs.support import graph

A, B = StepPlan(name="a"), StepPlan(name="b")


def given(outputs):
    """Return what reads these results, and asks for no other."""
    return lambda names: {name: outputs[name] for name in names if name in outputs}


def test_the_only_sink_is_the_result():
    """A004-6."""
    plan = graph(A, StepPlan(name="b", needs=("a",)))

    assert final_result(plan, given({"a": "1", "b": '{"x":[2]}'})) == {"x": [2]}


def test_several_sinks_are_an_object_by_id():
    assert final_result(graph(A, B), given({"a": "1", "b": '"two"'})) == {"a": 1, "b": "two"}


def test_what_was_skipped_is_null():
    assert final_result(graph(A, B), given({"a": "1", "b": None})) == {"a": 1, "b": None}
    assert final_result(graph(A), given({})) is None


def test_the_definitions_output_goes_before_the_sinks():
    output = encode({"n": "${a.result.n}", "all": "${a.result}", "s": "${b.result}", "k": "x"})
    plan = graph(A, B, output=output)

    assert final_result(plan, given({"a": '{"n":1}', "b": None})) == {
        "n": 1,
        "all": {"n": 1},
        "s": None,
        "k": "x",
    }


def test_the_output_may_read_the_inputs():
    plan = graph(A, output=encode("${workflow.input.user}: ${a.result}"))

    assert final_result(plan, given({"a": "1"}), {"user": "Ann"}) == "Ann: 1"


def test_an_output_that_names_what_is_not_there_says_so():
    plan = graph(A, output=encode("${a.result.titel}"))

    with pytest.raises(MissingReferenceError, match=r"a\.result\.titel: there is no field"):
        final_result(plan, given({"a": '{"title":1}'}))


def test_a_step_with_branches_came_to_what_the_one_that_ran_gave():
    """A004-8."""
    parts = {"branches": ("yes", "a.if_false")}
    inner = [StepPlan(name=name, needs=("a",), within="a") for name in parts["branches"]]
    plan = graph(StepPlan(name="a", **parts), *inner)

    assert final_result(plan, given({"yes": None, "a.if_false": "2"})) == 2
    assert final_result(plan, given({"yes": '"x"'})) == "x"
    assert final_result(plan, given({})) is None
