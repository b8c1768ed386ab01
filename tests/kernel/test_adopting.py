"""Adopting: a live run goes on by another plan of its workflow, or is stranded."""

from dataclasses import replace

import pytest

from perdure.authoring.plans import seal
from perdure.kernel import history, messages
from perdure.kernel.adopting import ahead, misfits, missing, recorded_targets
from perdure.kernel.run import Attempt, Joining, Sleeping, Unsettled, Waiting
from perdure.kernel.ways import Way
from tests.kernel.scenes import NOW, decided, given, graph, happened, machine, spread, started, step

OLD = seal(machine("ask", "pay", "ship"))
NEW = seal(machine("ask", "check", "pay", "ship"))
GONE = seal(machine("check", "ship"))
RENAMED = seal(machine(step("query", formerly=("ask",)), "ship"))

WAITING = history.WaitBegun("ask", 1, "paid", None, NOW + 9, "pay", "ship")


def adopting(plan, *, visit=1, wrong=""):
    return messages.Adopt("ask", visit, 1, plan, wrong)


def waiting(*events):
    """Return a run that waits in its first step."""
    return started(OLD, history.StepSucceeded("ask", 1, 1), *events)


def test_a_run_adopts_a_plan_that_has_the_step_it_is_at():
    adopted = history.PlanAdopted("ask", 1, 1, NOW, NEW.hash, "1")

    assert decided(started(OLD), adopting(NEW)) == [adopted]


def test_an_attempt_keeps_the_time_at_which_it_was_due():
    """It has waited since, and its place in a queue is by that."""
    scene = started(OLD)

    (event,) = decided(scene, adopting(NEW), now=NOW + 60)

    assert event.due == scene.run.open["ask"].due == NOW


def test_the_version_that_the_plan_is_of_is_recorded():
    newer = seal(machine("ask", version="2"))

    (event,) = decided(started(OLD), adopting(newer))

    assert event.version == "2"


def test_a_step_that_was_renamed_is_found_by_its_former_name():
    (event,) = decided(started(OLD), adopting(RENAMED))

    assert event.plan == RENAMED.hash


def test_a_run_whose_step_is_gone_is_stranded_and_says_which():
    (event,) = decided(started(OLD), adopting(GONE))

    why = "step 'ask' is open, and is not there any more"
    assert event == history.RunStranded("ask", 1, 1, GONE.hash, why)


def test_a_run_whose_context_does_not_fit_is_stranded_and_says_why():
    (event,) = decided(started(OLD), adopting(NEW, wrong="email: field required"))

    assert event == history.RunStranded("ask", 1, 1, NEW.hash, "email: field required")


@pytest.mark.parametrize("told", [adopting(NEW, visit=2), adopting(OLD)])
def test_an_attempt_that_is_over_or_goes_by_that_plan_already_adopts_nothing(told):
    assert decided(started(OLD), told) == []


def test_a_run_that_adopts_or_is_stranded_stands_as_it_did():
    scene = started(OLD)
    before = scene.run.copy()

    happened(scene, *decided(scene, adopting(NEW)), *decided(scene, adopting(GONE)))

    assert scene.run == before


# -- what must be there ----------------------------------------------------------------------
def test_where_a_wait_goes_on_must_be_there():
    run = waiting(WAITING).run

    assert misfits(OLD, NEW, run) == []
    assert misfits(OLD, RENAMED, run) == [
        "step 'pay' is where 'ask' goes on, and is not there any more"
    ]


def test_each_misfit_is_told_once():
    begun = history.WaitBegun("ask", 1, "paid", None, None, "pay", "pay")

    assert len(misfits(OLD, RENAMED, waiting(begun).run)) == 1


def test_where_a_run_that_is_paused_between_two_steps_goes_next_must_be_there():
    scene = waiting(history.RunPaused("", ""), history.Moved("pay"))

    assert misfits(OLD, GONE, scene.run) == ["step 'pay' comes next, and is not there any more"]


def test_a_step_must_be_of_the_same_kind():
    other = seal(machine(step("ask", kind="form"), "pay", "ship"))

    assert misfits(OLD, other, started(OLD).run) == [
        "step 'ask' is open, and was 'code' where it is 'form' now"
    ]


def test_code_cannot_become_a_graph():
    wrong = misfits(OLD, seal(graph(step("ask"))), started(OLD).run)

    assert wrong == ["the workflow was a machine and is a graph"]


def test_a_run_that_has_not_begun_fits_any_plan():
    assert misfits(OLD, GONE, given(OLD).run) == []


# -- what a deploy would mean -----------------------------------------------------------------
def test_what_is_missing_is_told_by_name():
    assert missing(NEW, waiting(WAITING).run) == []
    assert missing(RENAMED, waiting(WAITING).run) == ["pay"]
    assert missing(seal(machine("check")), waiting(WAITING).run) == ["ask", "pay", "ship"]


def leading(*steps, **options):
    """Return a plan whose steps lead to each other, given as name and targets."""
    made = [step(name, targets=tuple(targets)) for name, *targets in steps]
    return seal(machine(*made, **options))


LEADS = leading(("ask", "pay"), ("pay", "ship"), ("ship", "pay"), ("mend",))


def test_ahead_of_an_attempt_is_its_step_and_all_that_it_leads_to():
    assert ahead(LEADS, started(OLD).run) == ["ask", "pay", "ship"]


def test_ahead_of_a_wait_is_where_it_goes_on():
    """Its own step is not run again, unless something leads back there."""
    assert ahead(LEADS, waiting(WAITING).run) == ["pay", "ship"]


def test_ahead_of_a_run_that_has_not_begun_is_everything_from_the_start():
    assert ahead(LEADS, given(OLD).run) == ["ask", "pay", "ship"]


def test_a_graph_has_no_start_to_be_ahead():
    assert ahead(seal(graph(step("ask"))), given(OLD).run) == []


def test_ahead_of_a_run_between_two_steps_is_the_one_that_comes():
    scene = waiting(history.RunPaused("", ""), history.Moved("ship"))

    assert ahead(LEADS, scene.run) == ["ship", "pay"]


def test_a_hook_is_ahead_of_every_run():
    hooked = leading(("ask",), ("undo",), ("free",), on_fail="undo", on_cancel="free")

    assert ahead(hooked, started(OLD).run) == ["ask", "undo", "free"]


def test_what_is_not_there_any_more_is_not_ahead():
    assert ahead(GONE, waiting(WAITING).run) == ["ship"]


def test_a_step_that_was_renamed_is_ahead_by_its_new_name():
    assert ahead(RENAMED, started(OLD).run) == ["query"]


@pytest.mark.parametrize(
    ("entry", "targets"),
    [
        (Attempt(1, 1), []),
        (Unsettled(1, 1), []),
        (Sleeping(1, 9.0, "a"), ["a"]),
        (Waiting(visit=1, name="n", then="a", on_timeout="b"), ["a", "b"]),
        (Waiting(visit=1, name="n", also=(Way(name="m", then="c"),)), ["c"]),
        (Joining(visit=1, then="a", on_timeout="b"), ["a", "b"]),
        (Joining(visit=1), []),
    ],
)
def test_what_was_recorded_says_where_an_open_step_leads(entry, targets):
    assert recorded_targets(entry) == targets


def test_a_loop_that_is_open_must_be_there():
    begun = spread(1)
    wanted = replace(graph(step("other")), hash="plan_b")

    assert misfits(begun.plan, wanted, begun.run)[-1] == (
        "step 'each' is open, and is not there any more"
    )
