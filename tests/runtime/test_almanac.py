"""What is to come of events starts when it is its time, each once, and moves with its event."""

from dataclasses import replace

import pytest

from perdure.authoring.registry import StartedBy
from perdure.kernel import messages
from perdure.kernel.directives import Wait
from perdure.kernel.plan import StepPlan
from perdure.kernel.run import Status
from perdure.ports.events import Whose
from perdure.ports.rows import RunFilter
from perdure.runtime import almanac as almanacs
from perdure.runtime.almanac import KEEP_SECONDS, LOOK_SECONDS, Almanac, Wanted
from perdure.runtime.outside import Outside
from perdure.wire.encoding import decode
from tests.runtime.scenes import NOW, TroubledStore, machine, scene, workflow

PLAN = machine("a", name="remind")
OTHER = machine("a", name="follow")
WHOSE = Whose("due", "Meeting", "5", None)
BODY = '{"entity_id":5,"snapshot":null,"payload":{"x":1}}'


def started_by(plan, *by):
    return replace(workflow(plan), started_by=by)


@pytest.fixture
def play():
    """A process that hosts a workflow for a minute before an event, and one for half after."""
    return scene(
        started_by(PLAN, StartedBy("due", -60.0, skips=False)),
        started_by(OTHER, StartedBy("due", 30.0, skips=True)),
        slots=100,
    )


def wanted(at=None, whose=WHOSE, fresh="evt_fresh", key=None):
    return Wanted(whose, at, BODY, fresh, key)


def emit(play, at=None, **but):
    made = play.process.almanac.emit(wanted(at, **but), play.clock.now())
    play.drive()
    return made


def pass_(play, seconds):
    play.clock.go(seconds)
    play.process.tick(play.clock.now())
    play.drive()


def ran(play):
    rows = play.store.find(RunFilter(limit=50))
    return sorted((row.workflow, row.created_at - NOW) for row in rows)


def test_what_happens_now_starts_at_once(play):
    made = emit(play)

    assert len(made.started) == 1
    loaded = play.loaded(made.started[0])
    assert loaded.row.status == Status.RUNNING
    assert decode(loaded.context) == {
        "event_id": "evt_fresh", "event_name": "due", "entity_id": 5,
    }  # fmt: skip
    assert [(firing.workflow, firing.due) for firing in made.scheduled] == [("follow", NOW + 30)]
    (work,) = play.hands.works
    assert decode(work.payload)[0] == {"x": 1, **decode(loaded.context)}


def test_each_starts_when_it_is_its_time(play):
    emit(play, NOW + 100)
    assert ran(play) == []

    for seconds in (39, 1, 60, 29, 1, 500):
        pass_(play, seconds)

    assert ran(play) == [("follow", 130.0), ("remind", 40.0)]


def test_the_duty_wakes_for_what_is_next(play):
    play.process.almanac.tick(NOW)
    emit(play, NOW + 62)

    assert play.process.almanac.tick(NOW) == NOW + 2
    pass_(play, 2)
    assert ran(play) == [("remind", 2.0)]
    assert play.process.almanac.tick(NOW + 2) == NOW + 2 + LOOK_SECONDS


def test_the_process_is_told_of_what_comes_before_it_would_look(play):
    told = []
    play.process.ledger.on_due = told.append
    play.process.almanac.tick(NOW)

    emit(play, NOW + 600)
    emit(play, NOW + 62, whose=WHOSE._replace(entity="6"))

    assert told == [NOW + 2]


def test_an_event_that_is_told_again_is_moved(play):
    first = emit(play, NOW + 100)
    again = emit(play, NOW + 1000)
    pass_(play, 800)
    assert ran(play) == []

    pass_(play, 140)

    assert (again.event, again.was) == (first.event, NOW + 100)
    assert ran(play) == [("remind", 940.0)]


def test_an_event_that_is_told_again_with_its_time_changes_nothing(play):
    emit(play, NOW + 100)
    pass_(play, 50)
    again = emit(play, NOW + 100)

    assert (again.known, again.started) == (True, ())
    assert [firing.workflow for firing in again.scheduled] == ["follow"]
    pass_(play, 500)
    assert ran(play) == [("follow", 550.0), ("remind", 50.0)]


def test_an_event_that_comes_back_to_an_old_time_does_not_start_twice(play):
    for at in (NOW + 60, NOW + 70, NOW + 60):
        emit(play, at)
        pass_(play, 1)

    assert ran(play) == [("remind", 0.0)]


def test_one_that_was_to_come_may_happen_now(play):
    first = emit(play, NOW + 100)
    now = emit(play)

    assert (now.event, now.was) == (first.event, NOW + 100)
    assert [play.loaded(run).row.workflow for run in now.started] == ["remind"]
    pass_(play, 30)
    assert ran(play) == [("follow", 30.0), ("remind", 0.0)]


def test_without_a_time_each_telling_is_another_event(play):
    emit(play, fresh="evt_1")
    emit(play, fresh="evt_2")

    assert ran(play) == [("remind", 0.0), ("remind", 0.0)]
    assert len(play.store.events.find()) == 2
    pass_(play, 30)
    assert len(ran(play)) == 4


def test_an_event_that_starts_nothing_more_is_not_kept(play):
    made = emit(play, whose=WHOSE._replace(name="nobody's"))

    assert (made.started, made.scheduled, play.store.events.find()) == ([], [], [])


def test_under_a_key_an_event_is_told_once(play):
    first = emit(play, fresh="evt_1", key="k")
    again = emit(play, fresh="evt_2", key="k")
    gone = emit(play, fresh="evt_3", key="other", whose=WHOSE._replace(name="nobody's"))
    once_more = emit(play, fresh="evt_4", key="other", whose=WHOSE._replace(name="nobody's"))

    assert (again.event, again.known, again.started) == ("evt_1", True, ())
    assert len(first.started) == 1
    assert (gone.known, once_more.known, once_more.event) == (False, True, "evt_3")
    assert ran(play) == [("remind", 0.0)]


def test_what_is_withdrawn_starts_nothing_more(play):
    emit(play, NOW + 100)
    pass_(play, 50)

    gone = play.process.almanac.withdraw(WHOSE)

    pass_(play, 500)
    assert (gone, play.process.almanac.withdraw(WHOSE)) == (2, 0)
    assert ran(play) == [("remind", 50.0)]


def test_what_has_passed_starts_at_once_or_is_skipped(play):
    emit(play, NOW - 100)

    assert ran(play) == [("remind", 0.0)]


def test_many_start_in_slices(play, monkeypatch):
    monkeypatch.setattr(almanacs, "SLICE", 2)
    for number in range(5):
        emit(play, NOW + 70, whose=WHOSE._replace(entity=str(number)))

    pass_(play, 10)

    assert ran(play) == [("remind", 10.0)] * 5


def test_another_process_starts_what_this_one_has_written_down(play):
    emit(play, NOW + 100)
    other = scene(store=play.store.sibling())  # it hosts neither

    other.clock.go(40)
    other.process.tick(other.clock.now())
    other.drive()

    assert ran(play) == [("remind", 40.0)]


def test_a_process_that_does_not_host_them_tells_events_for_others(play):
    play.process.almanac.host(NOW)
    other = scene(store=play.store.sibling())

    emit(other)

    assert ran(play) == [("remind", 0.0)]


def test_a_workflow_of_another_shape_takes_the_place_of_its_former_one(play):
    emit(play, NOW + 100)
    changed = machine("a", "b", name="remind")
    newer = scene(
        started_by(changed, StartedBy("due", -50.0, skips=False)),
        store=play.store.sibling(),
        slots=5,
    )

    newer.process.tick(NOW)
    newer.clock.go(50)
    newer.process.tick(newer.clock.now())
    newer.drive()

    (row,) = play.store.find(RunFilter())
    assert (row.created_at, row.plan) == (NOW + 50, changed.hash)
    assert play.store.plan(changed.hash) is not None


def test_a_workflow_that_no_event_starts_any_more_has_no_firings(play):
    emit(play, NOW + 100)
    newer = scene(PLAN, store=play.store.sibling())

    newer.process.tick(NOW)

    assert [each.workflow for each in play.store.events.triggers()] == ["follow"]
    pass_(play, 500)
    assert [name for name, _ in ran(play)] == ["follow"]


def test_who_hosts_is_said_only_where_the_store_does_not_know_it():
    flow = started_by(PLAN, StartedBy("due", 0.0, skips=False))
    play = scene(flow, store=TroubledStore.quiet())
    play.process.almanac.host(NOW)
    before = play.store.transactions

    process = play.process
    again = Almanac(
        play.store, process.ledger, process.herald, Outside(process.crew), process.registry
    )
    again.host(NOW)

    assert play.store.transactions == before


def test_what_is_long_over_is_forgotten(play):
    emit(play, NOW + 100, key="k")
    pass_(play, 500)
    assert len(play.store.events.find()) == 1

    pass_(play, KEEP_SECONDS)

    assert play.store.events.find() == []


def test_what_nobody_has_hosted_for_long_is_started_no_more_and_that_is_on_record(play, caplog):
    emit(play, NOW + 100 + 2 * KEEP_SECONDS)
    other = scene(started_by(OTHER, StartedBy("due", 30.0, skips=True)), store=play.store.sibling())

    for part in (0.0, 0.5, 1.1):
        other.process.tick(NOW + part * KEEP_SECONDS)

    assert [each.workflow for each in play.store.events.triggers()] == ["follow"]
    assert play.store.events.next_due() == NOW + 100 + 2 * KEEP_SECONDS, "that of who waits"
    assert "no event starts 'remind' any more: no process has hosted it" in caplog.text


def test_what_is_hosted_is_never_forgotten(play):
    for part in (0.0, 0.9, 1.8, 2.7):
        play.process.tick(NOW + part * KEEP_SECONDS)

    assert len(play.store.events.triggers()) == 2


def test_somebody_may_say_that_a_workflow_is_no_more(play):
    emit(play, NOW + 100)

    play.process.almanac.forget("remind", NOW)
    pass_(play, 500)

    assert [name for name, _ in ran(play)] == ["follow"]


# -- runs that wait ---------------------------------------------------------------------------
ASK = machine(StepPlan(name="ask", coming=("event:due",)), "go", name="asking")


def waiting(*keys):
    """A process with a run that waits for the event for each of these entities; None is any."""
    play = scene(ASK, slots=10)
    for key in keys:
        play.start()
        play.put(play.work("ask"), Wait(name="due", kind="event", key=key, then="go"))
    play.drive()
    return play


def test_an_event_wakes_those_who_wait_for_it_or_for_its_entity():
    play = waiting(None, "5", "6")

    made = emit(play)

    assert list(made.woken) == play.runs[:2]
    brought = [decode(work.brought)[0] for work in play.hands.works if work.path == "go"]
    marks = {"event_id": "evt_fresh", "event_name": "due", "entity_id": 5}
    assert brought == [{"x": 1, **marks}] * 2
    assert play.status(play.runs[2]) == Status.WAITING


def test_an_announced_event_wakes_them_at_its_time():
    play = waiting(None)
    made = emit(play, NOW + 100)

    pass_(play, 99)
    before = play.status()
    pass_(play, 1)

    assert (list(made.woken), before, play.status()) == ([], Status.WAITING, Status.RUNNING)


def test_one_that_was_withdrawn_or_moved_does_not():
    play = waiting(None)
    emit(play, NOW + 100)
    emit(play, NOW + 200)
    play.process.almanac.withdraw(WHOSE)

    pass_(play, 500)

    assert play.status() == Status.WAITING


def test_a_signal_of_its_name_is_no_event_and_it_is_none():
    play = waiting(None)
    play.tell(play.runs[0], messages.Signal(id=1, name="due"))
    assert play.status() == Status.WAITING

    play.start()
    play.put(play.work("ask", play.runs[1]), Wait(name="due", then="go"))
    play.drive()

    assert list(emit(play).woken) == play.runs[:1]


def test_one_that_comes_before_the_wait_is_kept_for_it():
    play = waiting()
    run = play.start()

    made = emit(play)
    play.report(play.work("ask"), Wait(name="due", kind="event", then="go"))

    assert (list(made.kept), list(made.woken), play.store.undelivered()) == ([run], [], [])
    assert play.held == ["go"]
    assert decode(play.work("go").brought)[0]["event_id"] == "evt_fresh"


def test_an_event_ends_no_wait_of_the_run_that_it_starts():
    plan = machine(StepPlan(name="ask", coming=("event:due",)), "go", name="asking")
    play = scene(started_by(plan, StartedBy("due", 0.0, skips=False)), slots=10)
    play.start()

    (run,) = emit(play).started
    play.report(play.work("ask", run), Wait(name="due", kind="event", then="go"))

    assert play.status(run) == Status.WAITING


def test_where_nobody_waits_nothing_is_announced_to_anybody():
    play = waiting()

    made = emit(play)

    assert (list(made.woken), play.store.undelivered()) == ([], [])
