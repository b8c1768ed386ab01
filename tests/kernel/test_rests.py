"""Rests: a graph's visit sleeps or waits, and goes on with its next attempt."""

from perdure.kernel import history, messages, rests
from perdure.kernel.directives import Join, Next, Sleep, Spread, Wait
from perdure.kernel.run import Joining, Mark, Rest, Sleeping, Status, Waiting
from tests.kernel.scenes import NOW, decided, each, graph, machine, report, started, step, when

CHAIN = graph(step("rest", rests=True), step("end", "rest"))
SIGNAL = Wait(name="ok", timeout=60.0)


def resting(outcome, plan=CHAIN, at=NOW):
    scene = started(plan)
    when(scene, report("rest", outcome), at)
    return scene


def test_a_visit_that_sleeps_goes_on_with_its_next_attempt():
    scene = resting(Sleep(5.0))

    assert scene.run.open == {"rest": Sleeping(1, NOW + 5, "rest")}
    assert scene.run.rests == {"rest": Rest(1, 1, NOW)}
    assert scene.run.working == 0
    assert when(scene, messages.Fire("rest", 1, "sleep"), NOW + 5) == [
        history.TimerEnded("rest", 1, "sleep", fired=True),
        history.StepScheduled("rest", 1, 2, NOW + 5),
    ]
    assert scene.run.rests == {"rest": Rest(1, 1, NOW)}


def test_what_it_comes_to_then_ends_the_step():
    scene = resting(Sleep(5.0))
    when(scene, messages.Fire("rest", 1, "sleep"), NOW + 5)

    made = when(scene, report("rest", Next(), attempt=2), NOW + 6)

    assert made[-1] == history.StepScheduled("end", 1, 1, NOW + 6)
    assert scene.run.rests == {}
    assert scene.run.marks == [Mark.DONE, Mark.PENDING]


def test_a_moment_to_sleep_until_that_has_passed_is_now():
    assert resting(Sleep(0.0, until=NOW + 9)).run.open["rest"].due == NOW + 9
    assert resting(Sleep(0.0, until=NOW - 9)).run.open["rest"].due == NOW


def test_a_signal_or_the_end_of_its_time_has_a_wait_go_on():
    for told, first in (
        (messages.Signal(id=7, name="ok"), history.SignalTaken("rest", 1, 7, "ok")),
        (messages.Fire("rest", 1, "wait"), history.TimerEnded("rest", 1, "wait", fired=True)),
    ):
        scene = resting(SIGNAL)
        assert type(scene.run.open["rest"]) is Waiting
        made = when(scene, told, NOW + 60)
        assert made[0] == first
        assert made[-1] == history.StepScheduled("rest", 1, 2, NOW + 60)


def test_a_child_that_ends_has_the_visit_go_on_that_waits_for_it():
    scene = started(graph(step("one", rests=True), step("two", rests=True)))
    for name in ("one", "two"):
        when(scene, messages.Report(name, 1, 1, Join(), 1))

    assert [rest.brood for rest in scene.run.rests.values()] == [1, 2]
    assert type(scene.run.open["one"]) is Joining
    told = messages.ChildEnded("child", 1, 0, ok=False)
    assert when(scene, told) == [
        history.ChildEnded("child", 1, 0, ok=False),
        history.JoinEnded("one", 1, met=True),
        history.StepScheduled("one", 1, 2, NOW),
    ]
    assert when(scene, told) == []
    assert type(scene.run.open["two"]) is Joining


def test_in_a_machine_nothing_goes_on_by_itself():
    assert rests.resumed(machine("a"), "a", Rest(1, 1, NOW), NOW) is None
    assert rests.resumed(CHAIN, "rest", None, NOW) is None


def test_a_rest_that_is_called_off_is_forgotten_and_its_visit_counted():
    for outcome, children in ((Sleep(5.0), 0), (SIGNAL, 0), (Join(), 1)):
        scene = started(CHAIN)
        when(scene, messages.Report("rest", 1, 1, outcome, children))
        when(scene, messages.Cancel())
        assert scene.run.status is Status.CANCELLED
        assert scene.run.rests == {}
        assert scene.run.visits == {"rest": 1}


def test_in_a_machine_nothing_is_counted_where_a_rest_is_called_off():
    scene = started(machine("a"))

    rests.stopped(scene.plan, scene.run, "a", 1)

    assert scene.run.visits == {"a": 1}


def test_an_item_of_a_loop_rests_and_one_that_is_stopped_begins_again():
    scene = started(each(rests=True))
    when(scene, report("each", Spread(2)))
    when(scene, report("each[0]", Sleep(5.0)))

    assert scene.run.scopes["each"].open == 2
    rests.stopped(scene.plan, scene.run, "each[0]", 1)
    assert scene.run.scopes["each"].again == (0,)


def test_a_copy_has_rests_of_its_own():
    scene = resting(Sleep(5.0))

    copied = scene.run.copy()

    assert copied == scene.run
    assert copied.rests is not scene.run.rests


def test_a_wait_is_not_ended_by_another_ones_timer():
    assert decided(resting(SIGNAL), messages.Fire("rest", 1, "sleep"), NOW + 60) == []
