"""Waits with several ways out: the first of them wins, and only one; what does not fit is refused."""

from perdure.kernel import history, messages
from perdure.kernel.directives import Wait
from perdure.kernel.run import Kept
from perdure.kernel.ways import CHILDREN, Unfit, Way
from tests.kernel.scenes import NOW, decided, given, happened, machine, report, step, when

PLAN = machine(step("ask", then="end"), step("ship"), step("undo"), step("end"))
ASKING = (history.RunStarted(), history.StepScheduled("ask", 1, 1, NOW))
PAID = Way(name="paid", then="ship", accepts="{}")
OFF = Way(name="off", key="k", then="undo")
GONE = Way(name="gone", kind="event", key="7")
ANY = Wait(name="paid", then="ship", accepts="{}", also=(OFF, GONE), timeout=60.0)


def asked(wait=ANY, *before, unfit=()):
    """Return what a wait comes to that is asked for after this has happened."""
    told = messages.Report("ask", 1, 1, wait, unfit=unfit)
    return decided(given(PLAN, *ASKING, *before), told)


def waiting(wait=ANY):
    """Return a run that waits so."""
    scene = given(PLAN, *ASKING)
    return happened(scene, *decided(scene, report("ask", wait)))


def kept(signal, name, key=None, **but):
    return history.SignalKept(signal, name, key, addressed=True, begun=1, **but)


def signal(name, key=None, **but):
    return messages.Signal(id=9, name=name, key=key, **but)


def test_a_wait_remembers_all_its_ways_and_where_each_leads():
    (_, begun) = asked()

    gone = Way(name="gone", kind="event", key="7", then="end")
    assert begun == history.WaitBegun(
        "ask", 1, "paid", None, NOW + 60, "ship", None, accepts="{}", also=(OFF, gone)
    )
    assert [way.name for way in waiting().run.open["ask"].ways] == ["paid", "off", "gone"]


def test_each_way_leads_where_it_says():
    for name, key, kind, leads in (
        ("paid", None, "signal", "ship"),
        ("off", "k", "signal", "undo"),
        ("gone", "7", "event", "end"),
    ):
        made = decided(waiting(), signal(name, key, kind=kind))

        assert made == [
            history.SignalTaken("ask", 1, 9, name, kind, key),
            history.TimerEnded("ask", 1, "wait", fired=False),
            history.Moved(leads),
        ]


def test_the_first_wins_and_what_comes_after_it_finds_no_wait():
    scene = waiting()
    when(scene, signal("off", "k"))

    second = when(scene, messages.Signal(id=10, name="paid"))
    late = when(scene, messages.Fire("ask", 1, "wait"), NOW + 60)

    assert [type(event) for event in second] == [history.SignalKept]
    assert late == []
    assert list(scene.run.open) == ["undo"]


def test_the_timeout_of_all_says_what_did_not_come():
    made = decided(waiting(), messages.Fire("ask", 1, "wait"), NOW + 60)

    assert made[-1].error == "no signal 'paid' or signal 'off' or event 'gone' came in time"


def test_a_step_that_names_an_unknown_step_in_one_of_its_ways_fails():
    wrong = Wait(name="paid", then="ship", also=(Way(name="off", then="nowhere"),))

    assert "unknown step 'nowhere'" in asked(wrong)[0].error


def test_the_oldest_that_was_kept_wins_whichever_way_it_takes():
    before = (kept(3, "other"), kept(5, "off", "k"), kept(6, "paid"))

    made = asked(ANY, *before)

    assert history.SignalTaken("ask", 1, 5, "off", "signal", "k") in made
    assert made[-1] == history.Moved("undo")
    assert not [event for event in made if type(event) is history.SignalDropped]


def test_an_event_that_was_kept_ends_no_wait_for_a_signal():
    assert asked(Wait(name="paid", then="ship"), kept(5, "paid", kind="event"))[2:] == []


# -- what does not fit ---------------------------------------------------------------------------
def test_a_signal_that_does_not_fit_is_refused_and_the_wait_goes_on():
    scene = waiting()

    made = when(scene, signal("paid", unfit=(Unfit(0, "it is too little"),)))

    assert made == [history.SignalDropped(9, "paid", "it is too little")]
    assert scene.run.open["ask"].name == "paid"


def test_it_takes_the_next_way_of_its_name_that_it_fits():
    two = Wait(name="said", then="ship", accepts="{}", also=(Way(name="said", then="undo"),))

    made = decided(waiting(two), signal("said", unfit=(Unfit(0, "it is no yes"),)))

    assert made[-1] == history.Moved("undo")


def test_what_was_kept_and_does_not_fit_is_dropped_and_the_next_one_taken():
    before = (kept(4, "paid"), kept(5, "paid"), kept(6, "paid"))
    unfit = (Unfit(0, "no", 4), Unfit(0, "no", 6))

    made = asked(ANY, *before, unfit=unfit)

    assert made[2:4] == [
        history.SignalDropped(4, "paid", "no"),
        history.SignalTaken("ask", 1, 5, "paid"),
    ]


def test_a_wait_for_which_nothing_fits_rests():
    assert asked(ANY, kept(4, "paid"), unfit=(Unfit(0, "no", 4),))[2:] == [
        history.SignalDropped(4, "paid", "no")
    ]


def test_one_way_may_be_fresh_and_the_others_take_what_came_before():
    stale = history.SignalKept(4, "paid", None, addressed=True, begun=0)
    older = history.SignalKept(5, "off", "k", addressed=True, begun=0)
    wait = Wait(name="paid", then="ship", fresh=True, also=(OFF,))

    made = asked(wait, stale, older)

    assert made[2:4] == [
        history.SignalDropped(4, "paid"),
        history.SignalTaken("ask", 1, 5, "off", "signal", "k"),
    ]


def test_what_a_signal_wants_of_the_context_is_kept_with_it():
    scene = given(PLAN, *ASKING)

    when(scene, signal("paid", match='{"n":1}'))

    assert scene.run.kept == [Kept(9, "paid", begun=1, match='{"n":1}')]


def test_a_broadcast_event_that_nobody_waits_for_is_nothing():
    assert decided(given(PLAN, *ASKING), signal("gone", kind="event", addressed=False)) == []


def test_an_event_that_a_step_may_come_to_wait_for_is_kept_for_it():
    scene = given(machine(step("ask", coming=("event:gone",)), step("end")), *ASKING)

    event = decided(scene, signal("gone", key="7", kind="event", addressed=False))
    other = decided(scene, signal("gone", addressed=False))

    assert event == [
        history.SignalKept(9, "gone", "7", addressed=False, begun=1, kind="event", match="")
    ]
    assert other == []


# -- children among the ways -----------------------------------------------------------------
def asks_for_children(*kept):
    """What a run makes that has kept these, and waits for a signal or for no children at all."""
    wait = Wait(name="paid", then="ship", also=(Way(kind=CHILDREN, name="", then="undo"),))
    scene = given(PLAN, history.RunStarted(), *kept, history.StepScheduled("ask", 1, 1, NOW))
    return when(scene, messages.Report("ask", 1, 1, wait))


def test_children_that_have_ended_end_the_wait_as_it_begins_and_what_was_kept_goes_before_them():
    kept = history.SignalKept(7, "paid", None, True)

    assert history.Moved("undo") in asks_for_children()
    assert history.Moved("ship") in asks_for_children(kept)


def test_children_that_have_not_ended_are_waited_for():
    wait = Wait(name="paid", then="ship", also=(Way(kind=CHILDREN, name="", then="undo"),))
    scene = given(PLAN, history.RunStarted(), history.StepScheduled("ask", 1, 1, NOW))

    made = when(scene, messages.Report("ask", 1, 1, wait, 2))

    assert made[-1] == history.ChildrenAwaited("ask", 1, 1)
