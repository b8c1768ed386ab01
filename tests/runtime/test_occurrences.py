"""The run of a schedule's time: its keys, its labels, and what it begins with."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from perdure.authoring import plans
from perdure.authoring.registry import Registry
from perdure.authoring.schedules import Schedule
from perdure.errors import InvalidValueError, UnknownWorkflowError
from perdure.kernel.plan import StepPlan
from perdure.ports.commit import Label
from perdure.runtime.declared import made
from perdure.runtime.occurrences import Occurrences, inputs_of, start_key, unique_key
from perdure.stores.memory import MemoryStore
from perdure.wire.encoding import decode, encode
from tests.conformance.given import apply
from tests.runtime.scenes import NOW, graph, hosting, machine, workflow

AT = datetime(2026, 11, 27, 8, tzinfo=UTC).timestamp()
SCHEMA = encode(
    {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "scheduled_for": {"type": "string"}},
        "required": ["n"],
    }
)


def birth(registry, said, store=None, **but):
    flow = workflow(machine("a"))
    row = made("nightly", flow, said, NOW, declared=False)._replace(**but)
    return Occurrences(registry, store or MemoryStore()).birth(row, said, AT, NOW)


def stored(plan):
    """A store in which the workflow has run before."""
    store = MemoryStore()
    apply(store, plans=[(plan.hash, plan.workflow, plan.version, plans.dump(plan))])
    return store


def test_a_run_is_born_under_the_key_of_its_time():
    born = birth(hosting(machine("a")), Schedule(every=60.0)).born

    assert (
        born.start_key == start_key("nightly", AT) == "schedule:nightly:2026-11-27T08:00:00+00:00"
    )
    assert born.unique_key == unique_key("nightly") == "schedule:nightly"
    assert (born.workflow, born.created_at) == ("story", NOW)


def test_a_time_has_one_run_whoever_has_it_begin():
    ids = [birth(hosting(machine("a")), Schedule(every=60.0)).run for _ in range(2)]

    assert len(set(ids)) == 1


def test_a_run_by_hand_is_of_no_time_and_has_an_id_of_its_own():
    row = made("nightly", workflow(machine("a")), Schedule(every=60.0), NOW, declared=False)
    found = Occurrences(hosting(machine("a")), MemoryStore())

    first, second = (found.by_hand(row, Schedule(every=60.0), NOW).born for _ in range(2))

    assert (first.start_key, first.unique_key) == (None, "schedule:nightly")
    assert first.run != second.run


def test_a_run_that_may_overlap_has_no_key_for_itself():
    born = birth(hosting(machine("a")), Schedule(every=60.0, overlap="allow")).born

    assert born.unique_key is None


def test_a_run_is_found_by_its_schedule_and_its_time():
    made_ = birth(hosting(machine("a")), Schedule(every=60.0))

    assert made_.labels == [
        Label(made_.run, "schedule", "nightly", None),
        Label(made_.run, "scheduled_for", "2026-11-27T08:00:00+00:00", AT),
    ]


def test_a_workflow_that_takes_its_time_is_given_it_by_the_clocks_of_the_schedule():
    said = Schedule(cron="0 9 * * *", timezone="Europe/Berlin", inputs={"n": 1})
    taking = replace(workflow(machine("a")), takes=frozenset({"n", "scheduled_for"}))
    web = replace(workflow(graph(StepPlan(name="a"))), takes=frozenset({"scheduled_for"}))

    berlin = datetime(2026, 11, 27, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert inputs_of(taking, said, AT) == {"n": 1, "scheduled_for": berlin}
    assert inputs_of(web, said, AT)["scheduled_for"] == "2026-11-27T08:00:00+00:00"
    assert inputs_of(workflow(machine("a")), said, AT) == {"n": 1}


def test_a_time_that_was_given_as_an_input_is_kept():
    taking = replace(workflow(machine("a")), takes=frozenset({"scheduled_for"}))
    said = Schedule(every=60.0, inputs={"scheduled_for": "never"})

    assert inputs_of(taking, said, AT) == {"scheduled_for": "never"}


def test_a_workflow_that_is_not_hosted_begins_with_its_newest_plan():
    plan = machine("a", schema=SCHEMA)

    made_ = birth(Registry(), Schedule(every=60.0, inputs={"n": 1}), stored(plan))

    assert (made_.plan, made_.born.plan) == (plan, plan.hash)
    assert decode(made_.context) == {"n": 1, "scheduled_for": "2026-11-27T08:00:00+00:00"}


@pytest.mark.parametrize("inputs", [{}, {"n": "one"}])
def test_inputs_that_the_newest_plan_does_not_take_are_refused(inputs):
    plan = machine("a", schema=SCHEMA)

    with pytest.raises(InvalidValueError, match="'story' does not take this: n"):
        birth(Registry(), Schedule(every=60.0, inputs=inputs), stored(plan))


def test_a_plan_without_a_schema_takes_anything():
    made_ = birth(Registry(), Schedule(every=60.0, inputs={"n": 1}), stored(machine("a")))

    assert decode(made_.context) == {"n": 1}


@pytest.mark.parametrize("hosted", [0, 1])
def test_a_workflow_that_cannot_begin_here_is_unknown(hosted):
    store = stored(machine("a")) if hosted else None

    with pytest.raises(UnknownWorkflowError, match="begins where a worker has it"):
        birth(Registry(), Schedule(every=60.0), store, hosted=hosted)


def test_it_says_what_this_process_hosts():
    found = Occurrences(hosting(machine("a")), stored(machine("a", name="other")))

    assert found.is_known("story")
    assert not found.is_known("other")
    assert not found.is_known("nothing")


def test_a_definition_is_known_wherever_its_plan_is_and_has_its_defaults():
    schema = {"type": "object", "properties": {"n": {"type": "integer", "default": 5}}}
    plan = graph(StepPlan(name="a"), name="story", schema=encode(schema))
    store = stored(plan)

    made_ = birth(Registry(), Schedule(every=60.0), store)

    assert Occurrences(Registry(), store).is_known("story")
    assert decode(made_.context) == {"n": 5}


def test_a_workflow_that_only_the_store_knows_is_as_its_newest_plan_says():
    plan = machine("a", schema=SCHEMA)
    found = Occurrences(Registry(), stored(plan))

    flow = found.stored("story")

    assert (flow.plan, flow.name) == (plan, "story")
    assert decode(flow.begin({"anything": 1})) == {"anything": 1}
    assert found.stored("nothing") is None


def test_a_graph_that_only_the_store_knows_checks_its_inputs():
    flow = Occurrences(Registry(), stored(graph(StepPlan(name="a"), schema=SCHEMA))).stored("web")

    assert decode(flow.begin({"n": 1})) == {"n": 1}
    assert flow.takes == {"n", "scheduled_for"}
    with pytest.raises(InvalidValueError):
        flow.begin({"n": "one"})
