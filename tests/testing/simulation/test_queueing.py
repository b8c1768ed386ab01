"""What must hold of claims from queues: the judge sees each way of breaking it."""

import random

import pytest

from perdure.authoring.plans import seal
from perdure.kernel.plan import DEFAULT_QUEUE, Plan, StepPlan
from perdure.ports.claims import Claim, Claimed
from perdure.ports.commit import Commit, Committed
from perdure.stores.memory import MemoryStore
from perdure.testing.simulation.queueing import FAIR, QueueJudge, fair_key, served, with_queues
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.workload import random_workload
from perdure.testing.simulation.world import Violation
from tests.conformance.given import NOW, apply, born, job
from tests.testing.simulation.scenes import world

PLAN = seal(Plan(workflow="order", steps=(StepPlan(name="a", queue="mail"),), start="a"))


class Court:
    """A store whose claims a judge is told of, whoever made them."""

    def __init__(self, *jobs, fair=None):
        self.store = MemoryStore()
        self.tracks = {}
        for row in jobs:
            self.add(row, fair=row.fair or fair)
        self.judge = QueueJudge(self.store, world(), self.tracks)

    def add(self, row, *, fair=None, **run):
        apply(self.store, born=[born(row.run, fair=fair, **run)], jobs_made=[row])
        self.tracks[row.run] = Track(row.run, PLAN)

    def take(self, *runs, now=NOW, owner=7):
        """Claim the jobs of these runs, allowed or not, and have the judge look."""
        claimed = []
        with self.store._draft() as draft:
            for run in runs:
                table = draft.run(run)
                (visit, row), *_ = table.jobs.items()
                table.jobs[visit] = row._replace(owner=owner, token=row.token + 1)
                claimed.append(Claimed(run, *visit, 1, row.token + 1, None, "", "", "", ""))
        claim = Claim(owner, 9, ("thread:order@1",))
        done = Committed(frozenset(), frozenset(), claimed)
        self.judge.committed(Commit(batch=1, now=now, claim=claim), done)

    def end(self, run):
        with self.store._draft() as draft:
            draft.run(run).jobs.clear()


def mail(run, **but):
    return job(run, queue="mail", host="thread:order@1", **({"fair": ""} | but))


def test_a_limit_that_is_exceeded_is_seen():
    court = Court(mail("r0"), mail("r1"))
    court.store.queues.limit_concurrency("mail", 1)
    court.take("r0")

    with pytest.raises(Violation, match="queue: 2 attempts of 'mail', at most 1 may be"):
        court.take("r1")


def test_a_limit_that_was_lowered_is_not_exceeded_by_what_runs():
    court = Court(mail("r0"), mail("r1"))
    court.take("r0", "r1")
    court.store.queues.limit_concurrency("mail", 1)

    court.take()


def test_a_rate_that_is_not_kept_is_seen():
    court = Court(*(mail(f"r{n}", due=NOW + n) for n in range(3)))
    court.store.queues.limit_rate("mail", 1, 10.0)
    court.take("r0", now=NOW)
    court.take("r1", now=NOW + 10.0)

    with pytest.raises(Violation, match=r"queue: 2 of 'mail' began within 10.0 s, not 1"):
        court.take("r2", now=NOW + 19.0)


def test_a_rate_counts_from_when_it_was_set():
    court = Court(mail("r0"), mail("r1"), mail("r2", due=NOW + 1))
    court.take("r0", "r1")
    court.store.queues.limit_rate("mail", 1, 10.0)

    court.take("r2", now=NOW + 1.0)


def test_a_job_that_is_claimed_before_a_better_one_is_seen():
    court = Court(mail("old", due=NOW - 9), mail("new"))

    with pytest.raises(Violation, match="rank: .*'new'.* was claimed before .*'old'"):
        court.take("new")


def test_a_key_that_is_passed_over_twice_is_seen():
    court = Court(*(mail(f"a{n}", fair="ann") for n in range(2)), mail("b", fair="bob"))
    court.take("a0")
    court.end("a0")

    with pytest.raises(Violation, match="fair: 'bob' was passed over twice by 'ann' on mail"):
        court.take("a1")


def test_a_key_that_did_not_wait_meanwhile_was_not_passed_over():
    court = Court(*(mail(f"a{n}", fair="ann") for n in range(3)), mail("b", fair="bob"), mail("c"))
    court.take("a0")
    court.end("a0")
    court.end("b")
    court.take("c")
    court.add(mail("b2", fair="bob"), fair="bob")

    court.take("a1")


def test_a_key_that_gets_more_than_its_share_is_seen():
    court = Court(*(mail(f"a{n}", fair="ann") for n in range(2)), mail("b", fair="bob"))

    with pytest.raises(Violation, match="fair: 'ann' has 2 of mail, 'bob' waits"):
        court.take("a0", "a1")


def test_keys_that_take_turns_are_right():
    court = Court(*(mail(f"a{n}", fair="ann") for n in range(2)), mail("b", fair="bob"))

    for run in ("a0", "b", "a1"):
        court.take(run)
        court.end(run)


def test_a_claim_by_one_who_does_not_serve_the_queue_is_seen():
    court = Court(mail("r0"))
    owner = court.store.join("here", 1, NOW, 30.0, '["gpu"]').id

    with pytest.raises(Violation, match="was claimed by one who serves"):
        court.take("r0", owner=owner)


def test_what_is_drawn_for_queues_hangs_on_plans_and_runs():
    plans = [
        flow.plan
        for seed in range(40)
        for registry in [random_workload(random.Random(seed)).registry]
        for flow in map(registry.get, registry.names())
    ]
    queues = {step.queue for plan in plans for step in plan.steps}

    assert queues == {DEFAULT_QUEUE, "mail", "gpu"}
    assert {fair_key(f"run-{n}") for n in range(60)} == set(FAIR)
    assert with_queues(plans[0]) == with_queues(plans[0])


def test_the_first_machine_serves_every_queue_and_some_others_do_not():
    assert {served(seed, 0) for seed in range(20)} == {None}
    assert len({served(seed, 1) for seed in range(40)}) == 4
