"""Attempts under virtual time."""

import pytest

from perdure.authoring.registry import Registry, Workflow
from perdure.kernel.directives import Complete, Failed
from perdure.kernel.plan import StepPlan
from perdure.ports.executor import Result, Work
from perdure.runtime.trials import TrialBody
from perdure.testing.simulation.executor import PoisonError, SimExecutor, SimMailbox
from perdure.testing.simulation.world import Life, Violation
from perdure.wire.encoding import decode
from tests.testing.simulation.scenes import ONE_STEP, world


class Body:
    """Does one thing, and remembers how often."""

    is_async = False

    def __init__(self, outcome=None, error=None):
        self._outcome = outcome or Complete()
        self._error = error
        self.calls = 0

    def __call__(self, _work):
        self.calls += 1
        if self._error is not None:
            raise self._error
        return Result(outcome=self._outcome)


class AsyncBody(Body):
    is_async = True

    async def __call__(self, work):
        return super().__call__(work)


class Bench:
    """An executor, and where its reports and beginnings go."""

    def __init__(self, slots=1, **faults):
        self.world = world(**faults)
        self.life = Life("p0.1")
        self.done, self.strays, self.begun, self.tried = [], [], [], []
        self.mailbox = SimMailbox(
            world=self.world, life=self.life, mail=self, slots={"thread": slots}
        )
        self.executor = SimExecutor(
            world=self.world, life=self.life, clock=self, mailbox=self.mailbox, begins=self
        )

    def now(self):
        return self.world.wall()

    def cpu(self):
        return 0.0

    def begins(self, work, life):
        self.begun.append((work, life))

    def tries(self, work, life):
        self.tried.append((work, life))

    def deliver(self, done):
        self.done.append(done)

    def stray(self, told):
        self.strays.append(told)

    def submit(self, body, token=3):
        work = Work(
            "run-1", ONE_STEP, StepPlan(name="a"), "a", 1, 1, token, "{}", None, lambda *_: {}
        )
        self.executor.submit(work, body)
        return work


def test_an_attempt_begins_at_once_and_ends_later():
    bench = Bench()
    work = bench.submit(Body())
    begun = list(bench.begun)

    bench.world.run(100.0)

    assert begun == [(work, bench.life)]
    assert [done.result.outcome for done in bench.done] == [Complete()]


def test_a_trial_is_no_attempt_and_its_verdict_comes_once():
    bench = Bench(twice=1.0)
    registry = Registry()
    registry.add(Workflow(plan=ONE_STEP, begin=lambda _: "{}"))
    work = bench.submit(TrialBody(registry.get("story")))

    bench.world.run(200.0)

    assert (bench.begun, bench.tried) == ([], [(work, bench.life)])
    assert (len(bench.done), bench.strays) == (1, [])


def test_a_coroutine_is_run_to_its_end():
    bench = Bench()
    bench.submit(AsyncBody())

    bench.world.run(100.0)

    assert [done.result.outcome for done in bench.done] == [Complete()]


def test_an_attempt_dies_with_its_process():
    bench, body = Bench(), Body()
    bench.submit(body)
    bench.life.dead = True

    bench.world.run(100.0)

    assert (body.calls, bench.done) == (0, [])


def test_a_poisonous_body_kills_its_process():
    bench = Bench()
    bench.submit(Body(error=PoisonError()))

    bench.world.run(100.0)

    assert bench.life.dead
    assert bench.done == []


def test_a_result_carries_the_token_of_its_claim():
    bench = Bench(slots=2)
    bench.submit(Body(), token=3)
    bench.submit(Body(error=ValueError("no")), token=4)

    bench.world.run(100.0)

    well, badly = sorted(bench.done, key=lambda done: done.work.token)
    assert well.result.meta == {"token": 3}
    assert isinstance(badly.result.outcome, Failed)
    assert decode(badly.result.error)["token"] == 4


def test_more_attempts_than_slots_are_seen():
    bench = Bench(slots=1)
    bench.submit(Body())

    with pytest.raises(Violation, match="slots"):
        bench.submit(Body())


def test_a_slot_is_free_again_when_the_report_has_come():
    bench = Bench(slots=1)
    for _ in range(3):
        bench.submit(Body())
        bench.world.run(bench.world.time + 100.0)

    assert len(bench.done) == 3


def test_a_report_may_also_come_by_another_way_after_its_workers_death():
    bench = Bench(twice=1.0)
    bench.submit(Body(), token=7)
    while not bench.done:
        bench.world.step()
    bench.life.dead = True

    bench.world.run(200.0)

    assert [told.token for told in bench.strays] == [7]


def test_a_late_report_comes_all_the_same():
    bench = Bench(late=1.0)
    bench.submit(Body())

    bench.world.run(200.0)

    assert len(bench.done) == 1


def test_what_is_stopped_is_counted_and_goes_on():
    bench = Bench()
    work = bench.submit(Body())

    bench.executor.stop(work, "lease")
    bench.executor.close(1.0)
    bench.mailbox.idle()
    bench.world.run(100.0)

    assert bench.world.trace.counts["an attempt was stopped: lease"] == 1
    assert len(bench.done) == 1
