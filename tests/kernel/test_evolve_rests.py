"""Evolve, of graphs whose visits rest."""

from perdure.kernel import history
from perdure.kernel.brood import Brood
from perdure.kernel.run import Rest, Sleeping
from tests.kernel.scenes import NOW, graph, started, step

CHAIN = graph(step("rest", rests=True), step("end", "rest"))
RESTED = history.StepRested("rest", 1, 1, NOW)
ASLEEP = history.SleepBegun("rest", 1, NOW + 5, "rest")


def test_an_attempt_has_ended_whose_visit_rests():
    run = started(CHAIN, RESTED, ASLEEP).run

    assert run.open == {"rest": Sleeping(1, NOW + 5, "rest")}
    assert (run.working, run.rests) == (0, {"rest": Rest(1, 1, NOW)})


def test_a_visit_that_failed_rests_no_more():
    events = (
        history.TimerEnded("rest", 1, "sleep", fired=True),
        history.StepScheduled("rest", 1, 2, NOW),
        history.StepFailed("rest", 1, 2, "oops", "it broke"),
    )

    run = started(CHAIN, RESTED, ASLEEP, *events).run

    assert (run.open, run.rests) == ({}, {})


def test_a_sleep_that_was_called_off_counts_as_a_visit():
    called_off = history.TimerEnded("rest", 1, "sleep", fired=False)

    run = started(CHAIN, RESTED, ASLEEP, called_off).run

    assert (run.open, run.visits, run.rests) == ({}, {"rest": 1}, {})


def test_the_children_of_a_graph_are_not_counted_together():
    events = (
        history.StepRested("rest", 1, 1, NOW, 1),
        history.ChildrenStarted("rest", 1, 1, 0, 1),
        history.JoinBegun("rest", 1, 1, None, None, None, None),
        history.ChildEnded("child", 1, 0, ok=True),
        history.JoinEnded("rest", 1, met=False),
    )

    run = started(CHAIN, *events).run

    assert run.brood == Brood(1, total=1)
    assert (run.open, run.visits) == ({}, {"rest": 1})
