"""The registry: which workflows a process hosts, and the code behind their steps."""

from dataclasses import replace

import pytest

from perdure.authoring import offered
from perdure.authoring.plans import seal
from perdure.authoring.registry import Registry, Workflow, is_limit
from perdure.errors import DuplicateWorkflowError, UnknownWorkflowError
from perdure.kernel.plan import Plan, PlanKind, StepPlan

CODE = seal(Plan(workflow="order", steps=(StepPlan(name="pay"),), start="pay"))
GRAPH = seal(
    Plan(
        workflow="papers",
        kind=PlanKind.GRAPH,
        steps=(StepPlan(name="a", kind="inference"), StepPlan(name="b", kind="odd")),
    )
)


def body(_work):
    raise AssertionError("no test here runs a step")


def begin(_arguments):
    return "{}"


ORDER = Workflow(plan=CODE, bodies={"pay": body}, begin=begin, place=("shop.py", "Order"))


@pytest.fixture
def registry():
    return Registry()


def test_a_workflow_is_found_by_the_name_of_its_plan(registry):
    registry.add(ORDER)

    assert registry.get("order") is ORDER
    assert registry.find("order") is ORDER
    assert registry.find("oder") is None
    assert ORDER.name == "order"


def test_an_unknown_workflow_is_an_error_that_suggests_the_nearest(registry):
    registry.add(ORDER)
    with pytest.raises(UnknownWorkflowError) as near:
        registry.get("oder")
    with pytest.raises(UnknownWorkflowError) as far:
        registry.get("invoice")

    assert str(near.value).endswith(
        "no workflow 'oder' is known in this process. Did you mean 'order'?"
    )
    assert str(far.value) == "no workflow 'invoice' is known in this process."


def test_the_same_place_declared_again_replaces_itself(registry):
    newer = replace(ORDER, bodies={})
    registry.add(ORDER)
    registry.add(newer)

    assert registry.get("order") is newer


@pytest.mark.parametrize(
    ("place", "shown"),
    [(("other.py", "Order"), "Order (other.py)"), (("", "Order"), "Order")],
)
def test_another_workflow_of_the_same_name_is_refused_and_both_places_are_told(
    registry, place, shown
):
    registry.add(ORDER)
    with pytest.raises(DuplicateWorkflowError) as refused:
        registry.add(replace(ORDER, place=place))

    assert str(refused.value) == (
        f"workflow 'order' is declared in Order (shop.py) and again in {shown}. "
        "Give one of them another name"
    )
    assert registry.get("order") is ORDER


def test_names_are_told_in_order(registry):
    registry.add(Workflow(plan=GRAPH, begin=begin))
    registry.add(ORDER)

    assert registry.names() == ["order", "papers"]


def test_a_process_hosts_the_workflows_that_are_its_code(registry):
    registry.add(ORDER)
    registry.add(Workflow(plan=GRAPH, bodies={"a": body}, begin=begin))
    registry.add(Workflow(plan=replace(CODE, workflow="empty"), begin=begin))

    assert registry.code() == [ORDER]


def test_a_process_hosts_graphs_once_it_knows_a_kind_of_step(registry, monkeypatch):
    monkeypatch.setattr(offered, "_offered", {"function:loud"})

    assert registry.graph_hosts() == ()

    registry.add_kind("inference", lambda _plan, _step: body)

    assert registry.graph_hosts() == ("", "function:loud")


def test_a_step_may_need_what_only_some_processes_have(registry, monkeypatch):
    monkeypatch.setattr(offered, "_offered", {"function:loud"})

    assert registry.has(StepPlan(name="any"))
    assert registry.has(StepPlan(name="loud", host="function:loud"))
    assert not registry.has(StepPlan(name="quiet", host="function:quiet"))


def test_a_new_function_counts_as_something_more_to_host(registry, monkeypatch):
    monkeypatch.setattr(offered, "_offered", set())
    before = registry.generation

    offered.offer("loud")

    assert registry.generation > before


def test_a_workflow_that_is_hosted_already_counts_as_nothing_more(registry):
    """A start that names it brings it along each time; a look for jobs is not called for."""
    registry.add(ORDER)
    before = registry.generation

    registry.add(ORDER)

    assert registry.generation == before


def test_a_new_process_hosts_nothing(registry):
    assert registry.code() == []
    assert registry.graph_hosts() == ()
    assert registry.names() == []


def test_the_body_of_a_code_workflow_is_found_by_its_steps_name(registry):
    registry.add(ORDER)

    assert registry.body(CODE, CODE.steps[0]) is body
    assert registry.body(CODE, StepPlan(name="ship")) is None


def test_a_workflow_that_is_not_hosted_has_no_bodies(registry):
    assert registry.body(CODE, CODE.steps[0]) is None


def test_the_body_of_a_graphs_step_is_made_of_the_plan_once(registry):
    made = []

    def maker(plan, step):
        made.append((plan, step))
        return lambda work: work

    registry.add_kind("inference", maker)
    first = registry.body(GRAPH, GRAPH.steps[0])

    assert registry.body(GRAPH, GRAPH.steps[0]) is first
    assert made == [(GRAPH, GRAPH.steps[0])]


def test_another_plan_has_bodies_of_its_own(registry):
    registry.add_kind("inference", lambda plan, step: (plan.version, step.name))
    newer = seal(replace(GRAPH, version="2"))

    assert registry.body(GRAPH, GRAPH.steps[0]) == ("1", "a")
    assert registry.body(newer, newer.steps[0]) == ("2", "a")


def test_a_kind_that_nobody_makes_has_no_body(registry):
    registry.add_kind("inference", lambda _plan, _step: body)

    assert registry.body(GRAPH, GRAPH.steps[1]) is None


def test_the_steps_of_a_machine_are_code_whatever_their_kind_is_called(registry):
    registry.add_kind("code", lambda _plan, _step: None)
    registry.add(ORDER)

    assert registry.body(CODE, CODE.steps[0]) is body


def test_a_workflow_is_found_by_its_class(registry):
    class Ship:
        __perdure_workflow__ = "ship"

    class Pay:
        pass

    for name in ("ship", "Pay"):
        plan = Plan(workflow=name, kind=PlanKind.GRAPH)
        registry.add(Workflow(plan=plan, begin=begin, place=("f", name)))

    assert registry.named(Ship).name == registry.named("ship").name == "ship"
    assert registry.named(Pay).name == "Pay"


def test_code_workflows_are_told_by_name_without_graphs(registry):
    later = replace(ORDER, plan=seal(replace(CODE, workflow="zoo")), place=("zoo.py", "Zoo"))
    for flow in (later, Workflow(plan=GRAPH, begin=begin), ORDER):
        registry.add(flow)

    assert registry.code() == [ORDER, later]


def test_a_limit_of_live_runs_is_a_whole_number_from_one():
    assert [said for said in (0, 1, 3, True, 2.0, "2", 10**10) if is_limit(said)] == [1, 3]


def test_who_is_not_hosted_here_is_asked_for_elsewhere(registry):
    registry.sources.append(lambda name: ORDER if name == "wf_1" else None)

    assert registry.get("wf_1") is ORDER
    with pytest.raises(UnknownWorkflowError):
        registry.get("wf_2")


def test_a_run_begins_by_the_workflows_plan_unless_it_has_one_of_its_own():
    own = replace(ORDER, opens=lambda inputs: (GRAPH, str(inputs)))

    assert ORDER.opening({}) == (CODE, "{}")
    assert own.opening({"a": 1}) == (GRAPH, "{'a': 1}")
