"""Defects of steps in processes of their own: children believed, spared, or mistaken for others."""

from perdure.executors import talks
from perdure.executors.talks import Host, Talk
from perdure.kernel import attempts
from perdure.kernel.directives import Complete, Next
from perdure.kernel.plan import PlanKind
from perdure.ports.executor import Result
from perdure.runtime.crew import Crew
from tests.simulation.defects import defect


@defect
def death_of_a_child_taken_for_its_success(patch):
    """A child that ends before it has reported is taken to be done."""
    guarded = Talk._guarded

    def believe(self, act):
        result = guarded(self, act)
        if result is None or getattr(result.outcome, "kind", "") != "worker_died":
            return result
        machine = self.work.plan.kind is PlanKind.MACHINE
        return Result(outcome=Complete() if machine else Next(), output="1")

    patch.setattr(Talk, "_guarded", believe)


@defect
def result_of_a_killed_child_taken(patch):
    """What an attempt reports counts, also when it was called off."""
    done = Crew.done

    def take(self, report):
        work = report.work
        held = self._held.get((work.run, work.path, work.visit))
        if held is not None and held.work is work and work.step.lane == "process":
            held.stop = ""
        return done(self, report)

    patch.setattr(Crew, "done", take)


@defect
def hung_child_never_stopped(patch):
    """A child that takes no notice of SIGTERM is waited for."""
    patch.setattr(Talk, "_kill", lambda _self: None)


@defect
def called_off_attempt_not_told(patch):
    """Nothing is done to an attempt that was called off."""
    patch.setattr(Talk, "_press", lambda _self: None)


@defect
def report_that_came_twice_taken_for_the_next(patch):
    """A report counts for whatever attempt the child runs now."""
    read = talks.frames.read

    class Any:
        def __eq__(self, _other):
            return True

        __hash__ = None

    def reading(frame):
        said = read(frame)
        return said | {"number": Any()} if "done" in said else said

    class Frames:
        def __getattr__(self, name):
            return reading if name == "read" else getattr(FRAMES, name)

    patch.setattr(talks, "frames", Frames())


FRAMES = talks.frames


@defect
def new_child_not_told_the_plan(patch):
    """A child that takes the place of another is thought to know its plans."""

    def child(self):
        if self._child is None:
            self._child = self._spawn()
        return self._child

    patch.setattr(Host, "child", child)


@defect
def death_of_a_child_taken_for_a_failure_of_what_runs_once(patch):
    """A step that is run at most once has failed where its child died, whatever it had done."""
    patch.setattr(attempts, "UNKNOWN", ("timeout", "outcome_unknown"))
