"""What waits with several ways out write: all their rows come, and all go together."""

from dataclasses import replace

from perdure.kernel import history, messages
from perdure.kernel.brood import Brood
from perdure.kernel.directives import Wait
from perdure.kernel.ways import CHILDREN, Way
from perdure.ports.broadcasts import Call
from perdure.ports.commit import WaitGone
from perdure.runtime.hotrun import restore
from perdure.runtime.waits import drop_signal
from tests.runtime.scenes import NOW, a_draft, begun, done, machine, reported, scene, told

PLAN = machine("ask", "tell", "late")
ANY = Wait(
    name="paid",
    then="tell",
    timeout=9.0,
    on_timeout="late",
    also=(Way(name="off", then="tell"), Way(name="gone", kind="event", key="7", then="tell")),
)
BOTH = [WaitGone("run_1", "ask", 1, "signal", 1), WaitGone("run_1", "ask", 1, "event", 1)]


def waiting():
    hot = begun(PLAN)
    told(hot, reported("ask", ANY))
    return hot


def test_a_wait_writes_a_row_for_each_of_its_ways():
    commit = told(begun(PLAN), reported("ask", ANY)).finish()

    assert [(row.kind, row.name, row.way) for row in commit.waits_made] == [
        ("signal", "paid", 0),
        ("signal", "off", 1),
        ("event", "gone", 2),
    ]
    assert len(commit.timers_made) == 1


def test_the_first_that_comes_takes_them_all():
    event = messages.Signal(id=5, name="gone", kind="event", key="7")

    commit = told(waiting(), event, inbox=5, payload='{"n":1}').finish()

    assert commit.waits_gone == BOTH
    (job,) = commit.jobs_made
    assert job.payload == '@["event","gone","7"]\n{"n":1}'


def test_so_does_the_timeout_and_so_does_a_cancel():
    fire = messages.Fire("ask", 1, "wait")

    assert told(waiting(), fire, a_draft(now=NOW + 9)).finish().waits_gone == BOTH
    assert told(waiting(), messages.Cancel()).finish().waits_gone == BOTH


def test_a_wait_that_was_loaded_takes_them_all_too():
    play = scene(PLAN)
    run = play.start()
    play.report(play.work("ask"), ANY)

    hot = restore(play.loaded(), PLAN)
    commit = told(hot, messages.Cancel()).finish()

    gone = {row.kind for row in commit.waits_gone if row.run == run}
    assert gone == {"signal", "event"}


def test_the_timeout_of_a_run_that_fails_by_it_brings_nothing():
    hot = begun(PLAN)
    told(hot, reported("ask", Wait(name="paid", timeout=9.0)))

    told(hot, messages.Fire("ask", 1, "wait"), a_draft(now=NOW + 9))

    assert hot.beside is None


def test_a_signal_that_was_refused_has_no_row_among_the_kept():
    draft, hot = a_draft(), waiting()

    drop_signal(draft, hot, history.SignalDropped(5, "paid", "no"), None)

    assert draft.finish().kept_gone == []


# -- the mailbox ---------------------------------------------------------------------------------
def test_a_wait_with_a_key_calls_at_the_mailbox():
    wait = Wait(name="paid", key="7", then="tell", also=(Way(name="off", key="8", then="tell"),))

    commit = told(begun(PLAN), reported("ask", wait)).finish()

    assert commit.calls == [
        Call("run_1", "paid", "7", "story", 0.0),
        Call("run_1", "off", "8", "story", 0.0),
    ]


def test_a_fresh_way_calls_for_what_came_since_its_step_began():
    hot = begun(PLAN)
    wait = Wait(name="paid", key="7", then="tell", fresh=True)

    commit = told(hot, reported("ask", wait), done=done(hot, "ask", wait), token=1).finish()

    (call,) = commit.calls
    assert call.since == done(hot, "ask", wait).started_at > 0.0


def test_a_wait_that_is_over_at_once_calls_for_nothing():
    hot = begun(PLAN)
    told(hot, messages.Signal(id=5, name="paid", key="7"), inbox=5)

    commit = told(hot, reported("ask", Wait(name="paid", key="7", then="tell"))).finish()

    assert commit.calls == []


def test_an_events_entity_is_no_key_to_call_with():
    wait = Wait(name="gone", kind="event", key="7", then="tell")

    assert told(begun(PLAN), reported("ask", wait)).finish().calls == []


# -- children among the ways -----------------------------------------------------------------
EITHER = replace(ANY, also=(Way(kind=CHILDREN, name="", key="1", then="tell"),))
ENDED = messages.ChildEnded("child", 1, 0, ok=True)


def with_children():
    """A run that waits for a signal or one of two children."""
    hot = begun(PLAN)
    hot.run.brood = Brood(1, total=2, joined=False)
    made = told(hot, reported("ask", EITHER)).finish()
    return hot, made


def test_children_are_a_way_like_any_other():
    _, commit = with_children()

    assert [(row.kind, row.name, row.key, row.way) for row in commit.waits_made] == [
        ("signal", "paid", None, 0),
        ("children", "", "1", 1),
    ]


def test_a_child_that_is_enough_takes_all_ways_and_the_step_is_told():
    hot, _ = with_children()

    commit = told(hot, ENDED).finish()

    assert [row.kind for row in commit.waits_gone] == ["signal", "children"]
    assert [job.payload for job in commit.jobs_made] == ['@["children","",null]\n']
    assert len(commit.timers_gone) == 1


def test_a_signal_takes_the_way_for_children_too():
    hot, _ = with_children()

    commit = told(hot, messages.Signal(id=5, name="paid"), inbox=5).finish()

    assert [row.kind for row in commit.waits_gone] == ["signal", "children"]


def test_a_run_that_its_children_complete_is_told_nothing():
    ways = (Way(kind=CHILDREN, name=""),)
    plan = machine("ask")
    hot = begun(plan)

    commit = told(hot, reported("ask", Wait(name="paid", also=ways))).finish()

    assert commit.moved[0].status == "completed"
    assert commit.kept_made == []
