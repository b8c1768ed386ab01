"""What references name: inputs, and results of steps, read only if they are named."""

from perdure.authoring.graphs.values import Values, results, steps_of
from perdure.kernel.plan import StepPlan
from perdure.kernel.references import Reference, Root, read
from tests.authoring.graphs.support import attempt, graph

A, B = StepPlan(name="a"), StepPlan(name="b", needs=("a",))


def test_inputs_and_results_are_what_references_start_from():
    work = attempt(graph(A, B), "b", inputs={"x": 1}, results={"a": [2]})
    values = Values(work, ("a",))

    assert values(Reference(Root.INPUT)) == {"x": 1}
    assert values(Reference(Root.RESULT, "a")) == [2]
    assert values.collect(("a",)) == {"a": [2]}


def test_nothing_is_read_that_is_not_named():
    asked = []

    def reading(names):
        asked.append(names)
        return {"a": "1"}

    assert results(graph(A, B), reading, ()) == {}
    assert results(graph(A, B), reading, ("a",)) == {"a": 1}
    assert asked == [["a"]]


def test_the_result_of_a_step_with_branches_is_that_of_the_one_that_ran_however_deep():
    plan = graph(
        StepPlan(name="c", branches=("yes", "d")),
        StepPlan(name="yes", needs=("c",), within="c"),
        StepPlan(name="d", needs=("c",), within="c", branches=("deep",)),
        StepPlan(name="deep", needs=("d",), within="d"),
    )

    assert results(plan, lambda _: {"yes": None, "deep": "3"}, ("c", "d")) == {"c": 3, "d": 3}
    assert results(plan, lambda _: {"yes": "null"}, ("c",)) == {"c": None}
    assert results(plan, lambda _: {}, ("c",)) == {"c": None}


def test_the_steps_that_templates_name_are_listed_once():
    template = read(["${a.result.x}", "${workflow.input.y} ${b.result} ${a.result}"])

    assert steps_of(template, read("${c.result}")) == ("a", "b", "c")


def test_the_result_of_a_loop_is_the_list_of_its_items_results():
    plan = graph(StepPlan(name="each", window=1))
    texts = {"each": '{"items":3}', "each[0]": "1", "each[2]": '{"x":2}'}

    assert results(plan, lambda _: texts, ("each",)) == {"each": [1, None, {"x": 2}]}
    assert results(plan, lambda _: {"each": '{"items":0}'}, ("each",)) == {"each": []}
    assert results(plan, lambda _: {}, ("each",)) == {"each": None}
