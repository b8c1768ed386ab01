"""What a message costs: what it changed, and not how wide the plan or how long the history is.

Counted in lines of the kernel that run, so that neither the machine nor its load matters.
"""

import sys

import pytest

from perdure.kernel import messages
from perdure.kernel.advance import advance
from perdure.kernel.directives import Complete, Goto, Next, Sleep
from perdure.kernel.evolve import evolve
from perdure.kernel.follow import follow
from perdure.kernel.run import pack_marks
from tests.kernel.scenes import LONG, NOW, error, graph, machine, report, started, step

WIDTHS = (50, 3_000)


def lines(function, *args, **options):
    """Return how many lines of the kernel run in a call, those of loops as often as they run."""
    ran = 0

    def trace(frame, event, _arg):
        nonlocal ran
        if not frame.f_globals.get("__name__", "").startswith("perdure.kernel"):
            return None
        ran += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*args, **options)
    finally:
        sys.settrace(before)
    return ran


def fan(width, **options):
    """Return a run of `width` steps between a first and a last one, all of them open."""
    names = [f"s{number}" for number in range(width)]
    middle = (step(name, "first") for name in names)
    scene = started(graph(step("first"), *middle, step("last", *names), **options))
    advance(scene.plan, scene.run, report("first", Next()), NOW, most=10**9)
    return scene


@pytest.mark.parametrize("outcome", [Next(), error(), error(retryable=False)])
def test_a_report_of_one_step_of_many_costs_the_same_however_many(outcome):
    costs = set()
    for width in WIDTHS:
        scene = fan(width)
        costs.add(lines(advance, scene.plan, scene.run, report("s7", outcome), NOW))

    assert len(costs) == 1
    assert 10 < costs.pop() < 150


def test_following_looks_at_the_agenda_alone():
    costs = set()
    for width in WIDTHS:
        scene = fan(width, max_parallel=10)
        advance(scene.plan, scene.run, report("s3", Next()), NOW)
        scene.run.working -= 1
        going = follow(scene.plan, scene.run, NOW)
        costs.add(lines(lambda g=going, s=scene: evolve(s.plan, s.run, next(g))))

    assert len(costs) == 1


def test_a_run_that_waits_for_a_place_costs_the_same_however_many_wait():
    costs = {
        lines(advance, s.plan, s.run, report("s3", Next()), NOW)
        for s in (fan(width, max_parallel=10) for width in WIDTHS)
    }

    assert len(costs) == 1


def test_all_of_a_wide_run_costs_what_its_steps_and_needs_do():
    """Sixty times as wide is sixty times the work: no step is looked at for another's sake."""
    each = []
    for width in WIDTHS:
        scene = fan(width)

        def run_all(scene=scene, width=width):
            for number in range(width):
                advance(scene.plan, scene.run, report(f"s{number}", Next()), NOW)

        each.append(lines(run_all) / width)

    assert each[1] == pytest.approx(each[0], rel=0.1)


def test_the_thousandth_visit_of_a_machine_costs_what_the_second_did():
    plan = machine("a", "b")
    scene = started(plan)
    costs = []
    for visit in range(1, 1_000):
        for name, other in (("a", "b"), ("b", "a")):
            told = report(name, Goto(other), visit=visit)
            costs.append(lines(advance, plan, scene.run, told, NOW))

    assert len(set(costs)) == 1
    assert len(scene.run.visits) == 2


def test_a_loaded_runs_first_look_costs_its_plan_and_no_more():
    """Ten times the steps is at most ten times and a bit the lines."""
    narrow, wide = (
        lines(advance, s.plan, s.run.copy(), messages.Retry(), NOW, most=1)
        for s in (_failed(width) for width in (300, 3_000))
    )

    assert 9 * narrow < wide < 11 * narrow


def _failed(width):
    scene = fan(width)
    for number in range(width):
        outcome = error(retryable=False) if number == 7 else Next()
        advance(scene.plan, scene.run, report(f"s{number}", outcome), NOW)
    return scene


def test_a_run_that_ends_forgets_many_signals_in_one_pass():
    plan = machine("a")
    costs = []
    for many in (100, 1_000):
        scene = started(plan)
        for number in range(many):
            advance(plan, scene.run, messages.Signal(id=number, name="x"), NOW)
        told = report("a", Complete())
        costs.append(lines(advance, plan, scene.run, told, NOW, most=10**9) / many)

    assert costs[1] == pytest.approx(costs[0], rel=0.1)


def test_rest_and_marks_are_told_without_a_look_at_every_step():
    """The runtime asks both for every commit."""
    costs = set()
    for width in WIDTHS:
        run = fan(width).run
        costs.add(lines(lambda r=run: (r.is_resting(NOW), pack_marks(r.marks))))

    assert len(costs) == 1


def test_a_machine_that_sleeps_is_followed_for_nothing():
    scene = started(machine("a"))
    advance(scene.plan, scene.run, report("a", Sleep(LONG)), NOW)

    assert lines(lambda: list(follow(scene.plan, scene.run, NOW))) < 10
