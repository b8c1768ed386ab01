"""Decide, of signals: they end waits, or are kept for them where that is of use."""

import pytest

from perdure.kernel import history, messages
from perdure.kernel.directives import Complete, Goto, Sleep, Wait
from perdure.kernel.waits import awaited_by
from tests.kernel.scenes import NOW, decided, given, graph, machine, report, started, step, when

PLAN = machine(step("ask", coming=("approved",)), step("publish"), step("undo", coming=("undone",)))
ASKING = (history.RunStarted(), history.StepScheduled("ask", 1, 1, NOW))
SUCCEEDED = history.StepSucceeded("ask", 1, 1)
ASKED = (*ASKING, SUCCEEDED)


def wait(name="approved", key=None, due=None, then="publish", on_timeout=None):
    return history.WaitBegun("ask", 1, name, key, due, then, on_timeout)


def kept(signal, name="approved", key=None, *, addressed=True, begun=1):
    return history.SignalKept(signal, name, key, addressed, begun)


def signal(name="approved", key=None, *, addressed=True):
    return messages.Signal(id=7, name=name, key=key, addressed=addressed)


TAKEN = history.SignalTaken("ask", 1, 7, "approved")


# -- a signal that is waited for ---------------------------------------------------------------
def test_a_signal_leads_on_and_calls_off_the_timeout():
    made = decided(given(PLAN, *ASKED, wait(due=NOW + 60)), signal())

    assert made == [
        TAKEN,
        history.TimerEnded("ask", 1, "wait", fired=False),
        history.Moved("publish"),
    ]


def test_a_wait_without_a_timeout_has_none_to_call_off():
    assert decided(given(PLAN, *ASKED, wait()), signal()) == [TAKEN, history.Moved("publish")]


def test_a_wait_that_leads_nowhere_completes_the_run():
    made = decided(given(PLAN, *ASKED, kept(3, "other"), wait(then=None)), signal())

    assert made == [TAKEN, history.SignalDropped(3, "other"), history.RunCompleted()]


@pytest.mark.parametrize(
    ("told", "awaited", "taken"),
    [
        (("approved", None), ("approved", None), True),
        (("approved", None), ("approved", "k"), True),
        (("approved", "k"), ("approved", "k"), True),
        (("approved", "k"), ("approved", "other"), False),
        (("approved", "k"), ("approved", None), False),
        (("rejected", None), ("approved", None), False),
        (("rejected", "k"), ("approved", "k"), False),
    ],
)
def test_a_signal_ends_a_wait_of_its_name_and_key_and_without_a_key_of_any(told, awaited, taken):
    made = decided(given(PLAN, *ASKED, wait(*awaited)), signal(*told))

    assert (type(made[0]) is history.SignalTaken) is taken


# -- a signal that comes early -----------------------------------------------------------------
def test_an_addressed_signal_is_kept_with_how_many_visits_had_begun():
    made = decided(given(PLAN, *ASKING), signal("anything", "k"))

    assert made == [history.SignalKept(7, "anything", "k", addressed=True, begun=1)]


def test_an_addressed_signal_is_kept_by_a_run_that_has_not_begun():
    assert decided(given(PLAN), signal()) == [kept(7, begun=0)]


def test_an_addressed_signal_is_kept_by_a_run_that_waits_for_another():
    assert decided(given(PLAN, *ASKED, wait("other")), signal()) == [kept(7)]


def test_a_graph_keeps_what_is_addressed_to_it():
    scene = started(graph(step("a"), step("b")))

    assert decided(scene, signal()) == [kept(7, begun=0)]
    assert decided(scene, signal(addressed=False)) == []


def test_a_broadcast_is_kept_where_an_open_visit_can_still_come_to_its_wait():
    scene = given(PLAN, *ASKING)

    assert decided(scene, signal(addressed=False)) == [kept(7, addressed=False)]
    assert decided(scene, signal("undone", addressed=False)) == []


def test_a_broadcast_is_kept_while_the_visit_awaits_its_retry():
    again = (
        history.AttemptFailed("ask", 1, 1, "oops", "it broke"),
        history.StepScheduled("ask", 1, 2, NOW + 60),
    )

    assert decided(given(PLAN, *ASKING, *again), signal(addressed=False)) == [
        kept(7, addressed=False)
    ]


def test_a_broadcast_is_kept_for_the_visit_that_a_pause_holds_back():
    held = (*ASKED, history.Moved("undo"), history.RunPaused("", ""))

    assert decided(given(PLAN, *held), signal("undone", addressed=False)) == [
        kept(7, "undone", addressed=False)
    ]
    assert decided(given(PLAN, *held), signal(addressed=False)) == []


@pytest.mark.parametrize("resting", [wait("other"), history.SleepBegun("ask", 1, NOW + 60, "undo")])
def test_a_broadcast_passes_by_a_run_that_rests_elsewhere(resting):
    assert decided(given(PLAN, *ASKED, resting), signal(addressed=False)) == []


def test_a_broadcast_passes_by_a_run_that_has_not_begun():
    assert decided(given(PLAN), signal(addressed=False)) == []


def test_a_kept_signal_that_is_told_again_means_nothing():
    other = kept(6, "other")

    assert decided(given(PLAN, *ASKING, other, kept(7)), signal()) == []
    assert decided(given(PLAN, *ASKED, other, kept(7), wait()), signal()) == []


def test_a_run_that_is_being_cancelled_keeps_nothing():
    scene = given(PLAN, *ASKED, history.CancelRequested("", ""))

    assert decided(scene, signal()) == []


# -- a wait that finds signals kept ------------------------------------------------------------
def test_a_wait_that_finds_nothing_lasts_until_its_timeout():
    made = decided(
        given(PLAN, *ASKING),
        report("ask", Wait(name="a", key="k", timeout=60.0, then="undo", on_timeout="publish")),
    )

    assert made == [
        SUCCEEDED,
        history.WaitBegun("ask", 1, "a", "k", NOW + 60, "undo", "publish"),
    ]


@pytest.mark.parametrize(("timeout", "due"), [(None, None), (0.0, NOW), (-3.0, NOW)])
def test_a_timeout_is_never_due_before_its_wait(timeout, due):
    made = decided(given(PLAN, *ASKING), report("ask", Wait(name="a", timeout=timeout)))

    assert made[-1] == wait("a", due=due, then=None)


def test_a_wait_goes_on_where_it_says_or_else_where_the_plan_says():
    plan = machine(step("ask", then="publish"), "publish", "undo")
    says = decided(given(plan, *ASKING), report("ask", Wait(name="a", then="undo")))
    does_not = decided(given(plan, *ASKING), report("ask", Wait(name="a")))

    assert says[-1].then == "undo"
    assert does_not[-1].then == "publish"


def test_a_wait_takes_the_first_signal_that_was_kept_for_it():
    scene = given(PLAN, *ASKING, kept(3, "other"), kept(7), kept(8))
    made = decided(scene, report("ask", Wait(name="approved", timeout=60.0, then="publish")))

    assert made == [
        SUCCEEDED,
        wait(due=NOW + 60),
        TAKEN,
        history.TimerEnded("ask", 1, "wait", fired=False),
        history.Moved("publish"),
    ]


def test_a_wait_that_takes_a_kept_signal_and_leads_nowhere_completes_the_run():
    scene = given(PLAN, *ASKING, kept(7), kept(8), kept(9, "other"))

    assert decided(scene, report("ask", Wait(name="approved"))) == [
        SUCCEEDED,
        wait(then=None),
        TAKEN,
        history.SignalDropped(8, "approved"),
        history.SignalDropped(9, "other"),
        history.RunCompleted(),
    ]


def test_a_wait_with_a_key_leaves_the_signals_of_other_keys():
    scene = given(PLAN, *ASKING, kept(6, key="other"), kept(7, key="k"))
    made = decided(scene, report("ask", Wait(name="approved", key="k", then="publish")))

    taken = history.SignalTaken("ask", 1, 7, "approved", key="k")
    assert made[2:] == [taken, history.Moved("publish")]


def test_a_fresh_wait_drops_what_came_before_its_visit_and_takes_what_came_since():
    """003's mail is answered before the wait has committed: that answer is fresh."""
    scene = given(PLAN, *ASKING, kept(5, begun=0), kept(6, "other", begun=0), kept(7), kept(8))
    made = decided(scene, report("ask", Wait(name="approved", fresh=True, then="publish")))

    assert made == [
        SUCCEEDED,
        wait(),
        history.SignalDropped(5, "approved"),
        TAKEN,
        history.Moved("publish"),
    ]


def test_a_fresh_wait_takes_a_signal_that_an_older_visits_overtook():
    scene = given(PLAN, *ASKING, kept(7), kept(8, begun=0))
    made = decided(scene, report("ask", Wait(name="approved", fresh=True, then="publish")))

    assert made[2:] == [history.SignalDropped(8, "approved"), TAKEN, history.Moved("publish")]


def test_a_fresh_wait_that_completes_the_run_drops_each_signal_once():
    scene = given(PLAN, *ASKING, kept(5, begun=0), kept(7), kept(8, "other"))
    made = decided(scene, report("ask", Wait(name="approved", fresh=True)))

    assert made[2:] == [
        history.SignalDropped(5, "approved"),
        TAKEN,
        history.SignalDropped(8, "other"),
        history.RunCompleted(),
    ]


def test_a_fresh_wait_counts_all_visits_before_its_own():
    """A signal kept in an earlier visit of the same step came before this one."""
    again = (SUCCEEDED, history.Moved("ask"), history.StepScheduled("ask", 2, 1, NOW))
    scene = given(PLAN, *ASKING, kept(7, begun=1), *again)
    made = decided(scene, report("ask", Wait(name="approved", fresh=True), visit=2))

    assert made[-1] == history.SignalDropped(7, "approved")


def test_a_fresh_wait_that_finds_only_stale_signals_rests():
    stale = (kept(5, begun=0), kept(6, addressed=False, begun=0))
    scene = given(PLAN, *ASKING, *stale, kept(8, "other", addressed=False), kept(9, "other"))
    made = decided(scene, report("ask", Wait(name="approved", fresh=True, then="publish")))

    assert made[2:] == [
        history.SignalDropped(5, "approved"),
        history.SignalDropped(6, "approved"),
        history.SignalDropped(8, "other"),
    ]


@pytest.mark.parametrize("asked", [Wait(name="other", then="publish"), Sleep(60.0)])
def test_a_broadcast_is_dropped_on_record_when_the_run_rests_elsewhere(asked):
    scene = given(PLAN, *ASKING, kept(6), kept(7, addressed=False), kept(8, key="k"))
    made = decided(scene, report("ask", asked))

    assert [event for event in made if type(event) is history.SignalDropped] == [
        history.SignalDropped(7, "approved")
    ]


def test_a_broadcast_goes_along_with_a_goto():
    scene = given(PLAN, *ASKING, kept(7, addressed=False))

    assert decided(scene, report("ask", Goto("undo"))) == [SUCCEEDED, history.Moved("undo")]


def test_what_nobody_took_is_dropped_on_record_at_the_end():
    scene = given(PLAN, *ASKING, kept(7), kept(8, "other", addressed=False))

    assert decided(scene, report("ask", Complete())) == [
        SUCCEEDED,
        history.SignalDropped(7, "approved"),
        history.SignalDropped(8, "other"),
        history.RunCompleted(),
    ]


# -- in a graph ------------------------------------------------------------------------------
def test_in_a_graph_a_signal_ends_one_wait_the_first_by_its_path():
    scene = started(graph(step("b", rests=True), step("a", rests=True)))
    for name in ("b", "a"):
        when(scene, messages.Report(name, 1, 1, Wait(name="ok")))

    assert awaited_by(scene.run, messages.Signal(id=1, name="ok"))[0] == "a"
    assert awaited_by(scene.run, messages.Signal(id=1, name="other")) is None
    assert when(scene, messages.Signal(id=1, name="ok")) == [
        history.SignalTaken("a", 1, 1, "ok", "signal", None),
        history.StepScheduled("a", 1, 2, NOW),
    ]


def test_in_a_graph_a_signal_that_came_before_has_the_wait_go_on_at_once():
    scene = started(graph(step("a", rests=True)))
    when(scene, messages.Signal(id=1, name="ok"))

    made = when(scene, messages.Report("a", 1, 1, Wait(name="ok")))

    assert made[-1] == history.StepScheduled("a", 1, 2, NOW)


def test_in_a_graph_a_wait_that_begins_drops_nothing_that_others_may_wait_for():
    plan = graph(step("a", rests=True, coming=("ok", "other")), step("b", rests=True))
    scene = started(plan)
    when(scene, messages.Signal(id=1, name="other", addressed=False))

    made = when(scene, messages.Report("a", 1, 1, Wait(name="ok")))

    assert [kept.name for kept in scene.run.kept] == ["other"]
    assert type(made[-1]) is history.WaitBegun
