"""Trials: whether a run's context fits the plan that is current."""

from dataclasses import replace

import pytest

from perdure.errors import ContextInvalidError
from perdure.kernel.directives import Failed, Next
from perdure.kernel.messages import Adopt
from perdure.ports.claims import Claimed
from perdure.ports.executor import Done, Result
from perdure.runtime.revisions import Revisions
from perdure.runtime.trials import Trials, verdict_of
from tests.runtime.scenes import hosting, machine, scene, workflow

OLD = machine("a", "b")
NEW = machine("a", "b", "c")
JOB = Claimed("run_1", "b", 2, 3, 4, '{"paid":1}', OLD.hash, "story", "1", '{"n":1}')


def trials(*held):
    registry = hosting(*held)
    revisions = Revisions(registry)
    revisions.refresh(1)
    return Trials(registry, revisions)


def test_a_trial_is_the_attempt_that_it_goes_before_without_what_a_signal_brought():
    made = trials(NEW)

    work, body = made.begin(JOB, OLD, OLD.step("b"))

    assert (work.run, work.path, work.visit, work.attempt, work.token) == ("run_1", "b", 2, 3, 4)
    assert (work.plan, work.payload, body.is_async) == (OLD, None, False)
    assert work in made


def test_the_context_is_looked_at_as_the_newer_code_does():
    asked = []

    def fits(version, context):
        asked.append((version, context))
        return '{"n":2}'

    work, body = trials(replace(workflow(NEW), fits=fits)).begin(JOB, OLD, OLD.step("b"))

    assert body(work).context == '{"n":2}'
    assert asked == [("1", '{"n":1}')]


def test_a_run_that_an_event_has_started_has_no_context_yet_to_be_looked_at():
    flow = replace(workflow(NEW), fits=lambda *_: pytest.fail("its first attempt makes it"))
    job = JOB._replace(payload='[{"event_id":"e1"},"e1"]')

    work, body = trials(flow).begin(job, OLD, OLD.step("b"))

    assert body(work).context is None


def test_what_the_newer_code_refuses_is_raised():
    def fits(_version, _context):
        raise ContextInvalidError("field required", path="email")

    work, body = trials(replace(workflow(NEW), fits=fits)).begin(JOB, OLD, OLD.step("b"))

    with pytest.raises(ContextInvalidError):
        body(work)


@pytest.mark.parametrize("fits", [None, lambda _version, context: context])
def test_a_context_that_fits_as_it_is_is_not_written_again(fits):
    work, body = trials(replace(workflow(NEW), fits=fits)).begin(JOB, OLD, OLD.step("b"))

    assert body(work) == Result(outcome=Next())


def test_who_does_not_host_the_current_code_tries_nothing():
    assert trials(machine("a", name="other")).begin(JOB, OLD, OLD.step("b")) is None


def test_the_plan_that_was_tried_is_told_once():
    made = trials(NEW)
    work, _ = made.begin(JOB, OLD, OLD.step("b"))

    assert (made.end(work), made.end(work)) == (NEW, None)
    assert work not in made


def test_a_verdict_says_what_is_wrong_or_nothing():
    work, _ = trials(NEW).begin(JOB, OLD, OLD.step("b"))
    good = Done(work, Result(outcome=Next()), 0.0, 0.0)
    bad = Done(work, Result(outcome=Failed(kind="error", error="oops")), 0.0, 0.0)

    assert verdict_of(good, NEW) == Adopt("b", 2, 3, NEW)
    assert verdict_of(bad, NEW) == Adopt("b", 2, 3, NEW, "oops")


def test_a_trial_has_the_slot_of_its_step_and_runs_where_threads_do():
    """It only looks at the context: a process of its own could not be told how."""
    from tests.runtime.scenes import Hands, StepPlan

    threads, processes = Hands(), Hands()
    lanes = {"thread": (threads, 1), "process": (processes, 1)}
    old = scene(machine(StepPlan(name="a", lane="process")), lanes=dict(lanes))
    old.start()
    old.process.leave()
    new = scene(
        machine(StepPlan(name="a", lane="process"), "b"),
        store=old.store.sibling(), clock=old.clock, lanes=dict(lanes),
    )  # fmt: skip
    new.process.watcher.look()
    new.drive()

    (trial,) = threads.works
    new.report(trial, Next())

    assert [work.step.name for work in processes.works[1:]] == ["a"]
