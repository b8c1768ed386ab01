"""How a workflow could take less."""

from copy import deepcopy
from itertools import count

import pytest

from perdure.app.figures import optimizing
from perdure.app.figures.optimizing import Asked, optimise
from perdure.app.figures.statistics import NOTHING
from perdure.authoring.graphs.loader import load_definition
from perdure.errors import InvalidValueError
from tests.app.figures.made import sandbox, takes
from tests.pictures import given  # noqa: F401 - it declares a function that acts

_numbers = count(1)

NEAR = 1e-4


@pytest.fixture(autouse=True)
def our_function_computes(monkeypatch):
    """Have the function that takes virtual time stand for one that only computes."""
    known = optimizing.COMPUTES | {"test_figures_take"}
    monkeypatch.setattr(optimizing, "COMPUTES", known)


def asked(*goals, **limits):
    return Asked(goals=goals or ("speed",), limits=limits)


def optimised(definition, *, runs=2, wanted=None, **inputs):
    """Return the proposal for a definition that has run so often."""
    with sandbox() as engine:
        made, _ = load_definition(definition)
        for _ in range(runs):
            engine.start(made, inputs=inputs)
        return optimise(engine.store, definition, wanted or asked(), engine.clock.now())


def defined(*steps, **more):
    return {"name": f"optimised {next(_numbers)}", "steps": list(steps), **more}


CHAIN = (
    takes("a", 5),
    takes("b", 3, depends_on=["a"]),
    takes("c", "${b.result}", depends_on=["a", "b"]),
)
LOOP = {
    "id": "each", "type": "loop", "iterate_over": "${workflow.input.items}",
    "step": {"type": "data_processing", "function": "test_figures_take", "input": "${loop.current_item}"},
}  # fmt: skip


def test_steps_that_read_nothing_of_each_other_need_not_wait():
    """S004-73, A004-31: `c` reads of `b`, so that dependency stays."""
    definition = defined(*CHAIN)

    found = optimised(definition)

    assert [(change.kind, change.path) for change in found.changes] == [
        ("unchain", "steps[1].depends_on"),
        ("unchain", "steps[2].depends_on"),
    ]
    assert [step.get("depends_on") for step in found.definition["steps"]] == [None, [], ["b"]]
    assert found.now.duration.value == pytest.approx(11.0, abs=NEAR)
    assert found.predicted.duration.value == pytest.approx(6.0, abs=NEAR)
    assert found.predicted.duration.samples == found.samples == 2
    assert found.predicted.accuracy is None
    assert sum(change.saves_seconds for change in found.changes) == pytest.approx(5.0, abs=NEAR)


def test_what_is_given_is_left_alone():
    definition = defined(*CHAIN)
    before = deepcopy(definition)

    optimised(definition)

    assert definition == before


def test_the_workflow_gives_what_it_gave():
    """`a` would become a second end of the graph, and change the result's shape."""
    found = optimised(defined(takes("a", 5), takes("b", 3, depends_on=["a"])))

    assert found.definition["output"] == "${b.result}"
    with sandbox() as engine:
        assert engine.start(load_definition(found.definition)[0]).wait(0).result() == 3


def test_a_workflow_with_an_output_keeps_it():
    found = optimised(defined(takes("a", 5), takes("b", 3, depends_on=["a"]), output="${b.result}"))

    assert found.definition["output"] == "${b.result}"
    assert len(found.changes) == 1


def test_two_ends_that_would_become_three_are_left_alone():
    steps = (takes("a", 5), takes("b", 3, depends_on=["a"]), takes("c", 3, depends_on=["a"]))

    found = optimised(defined(*steps))

    assert found.changes == ()


@pytest.mark.parametrize(
    "acting",
    [
        {
            "type": "data_processing",
            "function": "write_text",
            "input": "x",
            "parameters": {"path": "x.txt"},
        },
        {"type": "data_processing", "function": "test_pictures_shout", "input": "x"},
        {"type": "aggregation"},
    ],
)
def test_a_step_that_acts_keeps_every_dependency_also_on_it(acting, tmp_path, monkeypatch):
    """A004-31; an aggregation without inputs reads what it depends on."""
    monkeypatch.chdir(tmp_path)
    definition = defined(
        takes("a", 5),
        {"id": "act", **acting, "depends_on": ["a"]},
        takes("c", 3, depends_on=["act"]),
    )

    assert optimised(definition).changes == ()


def test_a_step_that_may_be_skipped_keeps_its_dependencies():
    branch = takes("so", 1)
    definition = defined(
        takes("a", 5),
        {"id": "is", "type": "conditional", "condition": "${a.result} > 0.0", "if_true": branch},
        takes("c", 3, depends_on=["a", "so"]),
        output="${c.result}",
    )

    assert optimised(definition).changes == ()


def test_items_of_a_loop_run_side_by_side():
    found = optimised(defined(LOOP), items=[4, 1, 1, 2])

    assert [(change.kind, change.path) for change in found.changes] == [
        ("spread", "steps[0].parallel")
    ]
    assert found.now.duration.value == pytest.approx(8.0, abs=NEAR)
    assert found.predicted.duration.value == pytest.approx(4.0, abs=NEAR)


def test_room_is_made_for_all_that_is_ready():
    definition = defined(takes("a", 5), takes("b", 3), max_parallel_steps=1)

    found = optimised(definition)

    assert [change.kind for change in found.changes] == ["widen"]
    assert "max_parallel_steps" not in found.definition
    assert found.predicted.duration.value == pytest.approx(5.0, abs=NEAR)


def test_what_never_ran_is_not_changed_and_nothing_is_predicted():
    found = optimised(defined(*CHAIN), runs=0, wanted=asked("speed", max_cost=1.0))

    assert found.changes == ()
    assert found.predicted.duration == found.predicted.cost == NOTHING
    assert found.unknown == ("max_cost",)


def test_what_is_not_asked_for_is_not_proposed():
    assert optimised(defined(*CHAIN), wanted=asked("cost")).changes == ()


def test_constraints_that_no_proposal_meets_are_told_the_binding_one_first():
    found = optimised(
        defined(*CHAIN), wanted=asked("speed", max_cost=1.0, max_duration_seconds=2.0)
    )

    (missed,) = found.infeasible
    assert (missed.constraint, missed.limit) == ("max_duration_seconds", 2.0)
    assert missed.predicted == pytest.approx(6.0, abs=NEAR)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"goals": ("fame",), "limits": {}}, "no goal"),
        ({"limits": {"max_fame": 1}}, "max_cost, max_duration_seconds"),
        ({"limits": {"max_cost": -1}}, "no number from 0 on"),
        ({"limits": {"max_cost": True}}, "no number from 0 on"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(wrong, told):
    """S004-73."""
    with pytest.raises(InvalidValueError, match=told):
        Asked(**wrong)


def feel(name, text="${workflow.input.text}", **more):
    return {"id": name, "type": "inference", "model": "builtin/sentiment", "input": text, **more}


def costed(definition, *goals, cost=1.0):
    """Return the proposal for a definition whose models' answers cost so much each."""
    with sandbox() as engine:
        engine.start(load_definition(definition)[0], inputs={"text": "I like it."})
        wanted = asked(*goals or ("cost",))
        return optimise(engine.store, definition, wanted, engine.clock.now(), lambda *_: cost)


TWICE = (
    feel("a"),
    feel("b", description="the same again", depends_on=["a"]),
    {
        "id": "both", "type": "aggregation", "function": "combine_results", "depends_on": ["b", "a"],
        "inputs": {"first": "${a.result}", "second": "${b.result.label}"},
    },
)  # fmt: skip


def test_a_model_that_is_asked_the_same_twice_is_asked_once():
    """S004-73: for the sake of cost, and the result stays equal."""
    definition = defined(*TWICE)

    found = costed(definition)

    (change,) = found.changes
    assert (change.kind, change.path, change.saves_cost) == ("merge", "steps.b", 1.0)
    assert (found.now.cost.value, found.predicted.cost.value) == (2.0, 1.0)
    assert found.predicted.cost.basis == "prices"
    assert [step["id"] for step in found.definition["steps"]] == ["a", "both"]
    assert found.definition["steps"][1]["depends_on"] == ["a"]
    with sandbox() as engine:
        before, after = (
            engine.start(load_definition(body)[0], inputs={"text": "I like it."}).result()
            for body in (definition, {**found.definition, "name": "optimised after"})
        )
    assert before == after


@pytest.mark.parametrize(
    "steps",
    [
        (feel("a"), feel("b", "something else"), TWICE[2]),
        (feel("a"), feel("b", depends_on=["a"])),
        (feel("a"), feel("b"), {"id": "both", "type": "aggregation", "depends_on": ["a", "b"]}),
    ],
)
def test_one_whose_answer_is_given_under_its_name_is_asked(steps):
    assert costed(defined(*steps)).changes == ()


def test_what_costs_nothing_is_not_merged():
    assert costed(defined(*TWICE), cost=0.0).changes == ()
    assert costed(defined(*TWICE), "accuracy").changes == ()
