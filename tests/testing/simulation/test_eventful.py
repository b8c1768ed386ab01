"""What events start is held to the rules."""

import random
from dataclasses import replace

import pytest

from perdure.authoring.events import dump_event
from perdure.authoring.plans import seal
from perdure.authoring.registry import Registry, StartedBy, Workflow
from perdure.kernel import history
from perdure.kernel.evolve import evolve
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.events import Told
from perdure.ports.rows import InboxRow
from perdure.testing.simulation.eventful import (
    EventRules,
    Occasion,
    brought_by,
    draw_triggers,
    told_by,
)
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.workload import random_workload
from perdure.testing.simulation.world import Violation
from perdure.wire.encoding import encode
from tests.testing.simulation.scenes import ONE_STEP, Scene, birth, world

EVENT = Told(
    "evt_1", "due", "T", "5", None, 100.0, 90.0,
    encode({"entity_id": 5, "snapshot": None, "payload": {"x": 1}}),
)  # fmt: skip


@pytest.fixture
def rules():
    registry = Registry()
    shifts = (StartedBy("due", -3.0, skips=False), StartedBy("due", 2.0, skips=True))
    registry.add(
        Workflow(plan=ONE_STEP, bodies={"a": print}, begin=lambda _: "{}", started_by=shifts)
    )
    made = EventRules(world(), registry)
    made._world.latest = 97.0
    return made


def saw(rules, *, shift=-3.0, due=97.0, event=EVENT, run="run-1"):
    """Have the rules see a run that an event has started."""
    scene = Scene()
    scene.commit(birth())
    loaded = scene.inner.load(["run-1"])["run-1"]
    key = f"event:evt_1:story:{shift}:{due}"
    row = replace(loaded.row, start_key=key)
    inbox = (InboxRow(1, '["Start",null]', dump_event(event)),)
    rules.saw(Track(run, ONE_STEP), replace(loaded, row=row, inbox=inbox))


def test_a_run_that_nobody_started_by_an_event_is_none_of_theirs(rules):
    scene = Scene()
    scene.commit(birth())

    rules.saw(Track("run-1", ONE_STEP), scene.inner.load(["run-1"])["run-1"])

    assert rules.names == ["due"]


def test_what_is_right_is_let_pass_and_held_to_be_all(rules):
    rules.occasions["evt_1"] = Occasion("due", {100.0}, sure=100.0, told_at=50.0, entity="5")
    saw(rules)
    with pytest.raises(Violation, match="E4: due evt_1 of 100.0: story 1 of 2"):
        rules.check()

    rules._world.latest = 102.0
    saw(rules, shift=2.0, due=102.0)

    rules.check()


def test_what_was_skipped_need_not_come(rules):
    rules.occasions["evt_1"] = Occasion("due", {100.0}, sure=100.0, told_at=103.0, entity="5")
    saw(rules)

    rules.check()


def test_a_start_too_many_is_seen(rules):
    saw(rules, run="run-1")
    saw(rules, run="run-2")

    with pytest.raises(Violation, match="E2"):
        saw(rules, run="run-3")


def test_an_event_may_start_again_whose_run_was_forgotten_with_its_key(rules):
    rules._forgotten = {"run-1"}
    for run in ("run-1", "run-2", "run-3"):
        saw(rules, run=run)

    with pytest.raises(Violation, match="E2"):
        saw(rules, run="run-4")


@pytest.mark.parametrize(("shift", "due"), [(-3.0, 96.0), (-1.0, 99.0), (2.0, 102.0)])
def test_a_start_at_a_wrong_time_is_seen(rules, shift, due):
    with pytest.raises(Violation, match="E1"):
        saw(rules, shift=shift, due=due)


def test_a_start_for_an_old_time_is_seen_once_the_new_one_is_sure(rules):
    known = rules.occasions["evt_1"] = Occasion("due", {200.0, 100.0}, entity="5")
    saw(rules)
    known.times = {200.0}
    known.is_open = True
    saw(rules)

    known.is_open = False
    rules._born.clear()

    with pytest.raises(Violation, match="E3"):
        saw(rules)


def test_a_start_that_is_about_another_entity_than_its_event_is_seen(rules):
    rules.occasions["evt_1"] = Occasion("due", {100.0}, entity="6")

    with pytest.raises(Violation, match="E8: .*evt_1 of 6 started it"):
        saw(rules)


def test_what_a_workflow_is_started_by_hangs_on_its_plan():
    assert draw_triggers(ONE_STEP) == draw_triggers(ONE_STEP)


def test_an_event_brings_its_payload_to_a_run_that_began():
    track = Track("run-1", ONE_STEP)
    track.inbox[1] = InboxRow(1, '["Start",null]', dump_event(EVENT))
    track.inbox[2] = InboxRow(2, '["Signal"]', '{"y":1}')
    assert set(brought_by(track)) == {"event_id", "event_name", "entity_id"}

    scene = Scene()
    scene.commit(birth())
    (written,) = scene.inner.history("run-1")
    track.written.append((written, []))

    assert "x" in set(brought_by(track))


# -- those who wait ---------------------------------------------------------------------------
ASK = seal(
    Plan(
        workflow="asking",
        steps=(StepPlan(name="ask", coming=("event:due",)), StepPlan(name="end")),
        start="ask",
    )
)


def waiting(kind="event", key="5", plan=ASK):
    """The track of a run that waits."""
    track = Track("run-1", plan)
    events = (
        history.RunStarted(),
        history.StepScheduled("ask", 1, 1, 0.0),
        history.StepSucceeded("ask", 1, 1),
        history.WaitBegun("ask", 1, "due", key, None, "end", None, kind),
    )
    for event in events:
        evolve(plan, track.run, event)
    return track


def noted(*tracks, at=10.0):
    """Rules that have seen these wait since then."""
    rules = EventRules(world(), Registry())
    rules._world.time = at
    for track in tracks:
        rules.waits(track)
    return rules


def test_who_waits_while_what_he_waits_for_has_come_is_seen():
    track = waiting()
    rules = noted(track)
    rules.occasions["evt_1"] = Occasion("due", sure=100.0, began=11.0, entity="5")

    with pytest.raises(Violation, match="E6: run run-1 .*ask waits, and due evt_1 came"):
        rules.check_waits({"run-1": track})


@pytest.mark.parametrize(
    "but",
    [{"began": 9.0}, {"sure": None}, {"entity": "6"}, {"name": "placed"}],
)
def test_what_came_before_or_is_another_ends_no_wait(but):
    track = waiting()
    rules = noted(track)
    known = Occasion("due", sure=100.0, began=11.0, entity="5")
    rules.occasions["evt_1"] = replace(known, **but)

    rules.check_waits({"run-1": track})


def test_a_wait_for_a_signal_or_one_that_is_over_is_none():
    rules = noted(waiting("signal"), waiting())
    rules.occasions["evt_1"] = Occasion("due", sure=100.0, began=11.0, entity="5")

    rules.check_waits({"run-1": Track("run-1", ASK)})


def test_an_event_that_is_brought_before_its_time_is_seen(rules):
    row = InboxRow(1, '["Signal",0,"due","5",false,"event",""]', dump_event(EVENT))
    rules._world.latest = 100.0
    rules.accepted(Track("run-1", ASK), row)

    rules._world.latest = 99.0

    with pytest.raises(Violation, match="E1"):
        rules.accepted(Track("run-1", ASK), row)
    assert set(told_by(row)) == {"x", "event_id", "event_name", "entity_id"}
    assert set(told_by(InboxRow(2, '["Signal"]', None))) == set()


ROW = InboxRow(1, '["Signal",0,"due","5",false,"event",""]', dump_event(EVENT))


def test_an_event_that_does_not_fit_the_runs_context_is_seen(rules):
    rules._world.latest = 100.0
    track = waiting(plan=replace(ASK, schema='{"properties":{"x":{"type":"string"}}}'))

    with pytest.raises(Violation, match='E7: .*x: 1 is not of type "string"'):
        rules.accepted(track, ROW)


def test_an_event_that_is_brought_to_a_wait_for_another_entity_is_seen(rules):
    rules._world.latest = 100.0
    rules.accepted(waiting(), ROW)

    with pytest.raises(Violation, match="E8"):
        rules.accepted(waiting(key="6"), ROW)


def test_who_may_have_refused_an_event_need_not_have_it():
    track = waiting(plan=replace(ASK, schema='{"properties":{"told-5":{"maximum":0}}}'))
    rules = noted(track)
    rules.occasions["evt_1"] = Occasion("due", sure=100.0, began=11.0, entity="5")

    rules.check_waits({"run-1": track})


def test_some_machines_wait_for_events():
    found = {
        name
        for seed in range(40)
        for flow in random_workload(random.Random(seed)).registry.code()
        for step in flow.plan.steps
        for name in step.coming
    }

    assert found >= {"event:due", "event:placed"}
