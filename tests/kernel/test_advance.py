"""Advance: one message in, all that came of it out, and the run gone on."""

from perdure.kernel import history, messages
from perdure.kernel.advance import MOST_EVENTS, Advanced, advance
from perdure.kernel.directives import Complete, Goto, Next
from perdure.kernel.run import Attempt, Run, Status
from tests.kernel.scenes import NOW, given, graph, machine, report, started, step

PLAN = machine("ask", "publish")


def test_a_message_is_decided_folded_and_followed():
    scene = started(PLAN)
    advanced = advance(PLAN, scene.run, report("ask", Goto("publish")), NOW)

    assert advanced == Advanced(
        [
            history.StepSucceeded("ask", 1, 1),
            history.Moved("publish"),
            history.StepScheduled("publish", 1, 1, NOW),
        ],
        more=False,
    )
    assert scene.run.open == {"publish": Attempt(1, 1, NOW)}


def test_the_last_report_ends_the_run():
    scene = started(PLAN)
    advanced = advance(PLAN, scene.run, report("ask", Complete()), NOW)

    assert advanced.events[-1] == history.RunCompleted()
    assert scene.run.status is Status.COMPLETED


def test_a_message_that_means_nothing_leaves_the_run_as_it_is():
    """Also where its standing would call for something: what nobody told is not done."""
    scene = given(PLAN, history.RunStarted())
    before = scene.run.copy()

    assert advance(PLAN, scene.run, report("ask", Complete()), NOW) == Advanced([])
    assert scene.run == before


def test_a_continue_repairs_what_was_left_undone():
    scene = given(PLAN, history.RunStarted())
    advanced = advance(PLAN, scene.run, messages.Continue(), NOW)

    assert advanced == Advanced([history.StepScheduled("ask", 1, 1, NOW)])


def test_a_wide_run_is_advanced_in_portions():
    plan = graph(*(step(f"s{number}") for number in range(7)))
    run = Run(id="run_1")
    first = advance(plan, run, messages.Start(), NOW, most=3)
    second = advance(plan, run, messages.Continue(), NOW, most=3)
    third = advance(plan, run, messages.Continue(), NOW, most=3)

    assert [len(part.events) for part in (first, second, third)] == [3, 3, 2]
    assert [part.more for part in (first, second, third)] == [True, True, False]
    assert len(run.open) == 7


def test_a_portion_that_ends_the_run_asks_for_no_more():
    scene = started(graph(step("a")))
    advanced = advance(scene.plan, scene.run, report("a", Next()), NOW, most=2)

    assert len(advanced.events) == 2
    assert not advanced.more


def test_a_portion_that_is_exactly_full_may_ask_for_nothing_more():
    plan = graph(step("a"), step("b"))
    run = Run(id="run_1")

    assert advance(plan, run, messages.Start(), NOW, most=3).more
    assert advance(plan, run, messages.Continue(), NOW, most=3) == Advanced([], more=False)


def test_a_portion_is_five_hundred_events_unless_it_is_asked_for_otherwise():
    plan = graph(*(step(f"s{number}") for number in range(600)))
    run = Run(id="run_1")

    assert len(advance(plan, run, messages.Start(), NOW).events) == MOST_EVENTS == 500
    assert len(advance(plan, run, messages.Continue(), NOW).events) == 101
