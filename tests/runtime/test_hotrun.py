"""A run that is loaded is the run that was written, with all that the kernel does not see."""

from dataclasses import replace

from perdure.kernel import messages
from perdure.kernel.advance import advance
from perdure.kernel.directives import Failed, Goto, Next, Sleep, Spread, Wait
from perdure.kernel.plan import RetryPolicy, StepPlan
from perdure.kernel.run import Kept, Status
from perdure.runtime.hotrun import restore
from perdure.runtime.records import dump_message
from tests.runtime.scenes import graph, machine, scene, signal_row

BROUGHT = '@["signal","go",null]\n{"ok":true}'
LATER = StepPlan(name="a", retry=RetryPolicy(base_delay=60.0))
STORY = machine(LATER, "b", "c", deadline=3600.0)
WEB = graph(
    StepPlan(name="a"), StepPlan(name="b", needs=("a",)), StepPlan(name="c"), max_parallel=1
)


def signalled(play, name="go", payload='{"ok":true}', key=None):
    run = play.runs[-1]
    message = dump_message(messages.Signal(id=0, name=name, key=key))
    (number,) = play.store.put([signal_row(run, message, payload)])
    play.tell(run, messages.Continue(), again=True)
    return number


def test_an_open_attempt_is_there_with_its_token():
    play = scene(STORY)
    play.start(priority=4, context='{"n":1}')

    hot = restore(play.loaded(), STORY)

    assert hot.run.open["a"].attempt == 1
    assert hot.run.visits == {"a": 1}
    assert hot.tokens == {"a": 1}
    assert (hot.priority, hot.context, hot.seq) == (4, '{"n":1}', 1)
    assert hot.run.working == 1
    assert hot.run.deadline == play.clock.now() + 3600.0


def test_an_attempt_that_is_due_later_is_there_with_its_time():
    play = scene(STORY)
    play.start()
    play.report(play.work("a"), Failed(kind="oops", error="it broke"))

    hot = restore(play.loaded(), STORY)

    assert (hot.run.open["a"].attempt, hot.run.open["a"].due) == (2, play.clock.now() + 60.0)


def test_a_sleep_knows_where_it_leads():
    play = scene(STORY)
    play.start()
    play.report(play.work("a"), Sleep(30.0, "b"))

    run = restore(play.loaded(), STORY).run

    assert (run.open["a"].then, run.open["a"].due) == ("b", play.clock.now() + 30.0)
    assert run.status is Status.RUNNING, "waiting is how it is shown"
    assert play.status() == "waiting"


def test_a_wait_is_there_with_both_its_ways():
    play = scene(STORY)
    play.start()
    play.report(play.work("a"), Wait(name="go", key="k", timeout=9.0, on_timeout="c", then="b"))

    wait = restore(play.loaded(), STORY).run.open["a"]

    assert (wait.name, wait.key, wait.due) == ("go", "k", play.clock.now() + 9.0)
    assert (wait.then, wait.on_timeout) == ("b", "c")


def test_a_wait_that_may_come_is_no_wait():
    plan = machine(StepPlan(name="a", waits=("go",), coming=("go",)))
    play = scene(plan)
    play.start()

    run = restore(play.loaded(), plan).run

    assert list(run.open) == ["a"]
    assert run.working == 1


def test_a_kept_signal_keeps_its_payload_and_when_it_came():
    play = scene(STORY)
    play.start()
    play.goes("a", "b")
    number = signalled(play, key="k")

    hot = restore(play.loaded(), STORY)

    assert hot.run.kept == [Kept(number, "go", "k", addressed=True, begun=2)]
    assert hot.kept_payloads == {number: '{"ok":true}'}


def test_a_payload_that_was_beside_the_context_still_is():
    play = scene(STORY)
    run = play.start()
    play.report(play.work("a"), Wait(name="go", then="b"))
    play.tell(run, messages.Pause())
    number = signalled(play)

    hot = restore(play.loaded(), STORY)

    assert hot.run.paused
    assert (hot.beside, hot.beside_kept) == ((number, BROUGHT), True)
    assert hot.run.kept == []


def test_a_payload_of_an_open_attempt_is_there_for_its_retry():
    play = scene(STORY)
    play.start()
    play.report(play.work("a"), Wait(name="go", then="b"))
    signalled(play)

    hot = restore(play.loaded(), STORY)

    assert hot.payloads == {"b": BROUGHT}


def test_a_failed_run_knows_why():
    play = scene(STORY)
    play.start()
    play.report(play.work("a"), Failed(kind="oops", error="it broke", retryable=False))

    run = restore(play.loaded(), STORY).run

    assert (run.failure.step, run.failure.kind, run.failure.error) == ("a", "oops", "it broke")
    assert run.deadline is None, "its timer is gone"


def test_a_graph_goes_on_with_everything_that_is_open():
    play = scene(WEB)
    play.start()

    run = restore(play.loaded(), WEB).run

    assert (run.marks, run.lacks, run.pending) == ([0, 0, 0], [0, 1, 0], 3)
    assert [WEB.steps[number].name for number in run.ready] == ["c"]


def test_what_a_crash_left_undone_is_done():
    """The agenda of a loaded run is everything open, so it is followed to where it would be."""
    play = scene(WEB)
    play.start()
    play.report(play.work("a"), Next())
    hot = restore(play.loaded(), WEB)

    made = advance(WEB, hot.run, messages.Continue(), play.clock.now()).events

    assert made == [], "there is one slot, and `b` or `c` has it"
    assert hot.run.working == 1


def test_a_run_that_was_made_for_later_has_not_begun():
    play = scene(WEB)
    run = play.start()
    loaded = play.loaded(run)

    hot = restore(replace(loaded, row=replace(loaded.row, status="pending")), WEB)

    assert (hot.run.status, hot.run.marks, hot.run.ready) == (Status.PENDING, [], [])


def test_a_machine_that_went_on_keeps_its_visits():
    play = scene(STORY)
    play.start()
    play.goes("a", "b")
    play.report(play.work("b"), Goto("a"))

    run = restore(play.loaded(), STORY).run

    assert run.visits == {"a": 2, "b": 1}
    assert run.cursor == "a"


def test_an_open_loop_is_there_with_what_has_become_of_its_items():
    loop = graph(StepPlan(name="each", window=2), name="loop")
    play = scene(loop)
    play.start()
    play.report(play.work("each"), Spread(5))
    play.report(play.work("each[0]"))

    hot = restore(play.loaded(), loop)

    scope = hot.run.scopes["each"]
    assert (scope.count, scope.begun, scope.open) == (5, 3, 2)
    assert sorted(hot.run.open) == ["each[1]", "each[2]"]
    assert hot.run.hungry == []
