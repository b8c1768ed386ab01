"""Claims give due jobs to one incarnation each, in order, under a token that grows."""

import pytest

from perdure.ports.claims import Claim
from perdure.ports.commit import JobGone
from tests.conformance.given import NOW, apply, born, commit, job, moved, only

ALL = Claim(owner=7, most=100, hosts=("order", ""), queues=("default",))


def claim(store, wanted=ALL, **lists):
    return apply(store, claim=wanted, **lists).claimed


def queue(store, *jobs):
    """Let the runs of these jobs be born with them, each with a context."""
    names = dict.fromkeys(row.run for row in jobs)
    apply(
        store,
        born=[born(run, plan=f"plan_{run}", version="3") for run in names],
        contexts=[(run, f'"{run}"') for run in names],
        jobs_made=list(jobs),
    )


def test_a_claimed_job_has_an_owner_a_new_token_and_what_its_attempt_needs(store):
    queue(store, job("r1", token=4, attempt=2, payload="p", mode=1, keyed=3))

    (got,) = claim(store)

    assert got._asdict() == {
        "run": "r1", "step": "a", "visit": 1, "attempt": 2, "token": 5, "payload": "p",
        "plan": "plan_r1", "workflow": "order", "version": "3", "context": '"r1"',
        "mode": 1, "keyed": 3,
    }  # fmt: skip
    (row,) = only(store.load(["r1"])).jobs
    assert (row.owner, row.token, row.mode) == (7, 5, 1)


def test_a_claimed_job_is_not_claimed_again(store):
    queue(store, job("r1"))
    claim(store)

    assert not claim(store)


def test_the_highest_priority_comes_first_and_then_the_longest_due(store):
    queue(
        store,
        job("low and old", priority=-1, due=NOW - 9),
        job("late", due=NOW),
        job("early", due=NOW - 5),
        job("high", priority=4, due=NOW),
        job("middle", due=NOW - 2),
    )

    got = claim(store)

    assert [row.run for row in got] == ["high", "early", "middle", "late", "low and old"]


def test_no_more_are_claimed_than_asked_for(store):
    queue(store, *(job(f"r{n}", due=NOW - n, priority=n % 2) for n in range(6)))

    first = claim(store, ALL._replace(most=4))
    second = claim(store, ALL._replace(most=4))

    assert [row.run for row in first] == ["r5", "r3", "r1", "r4"]
    assert [row.run for row in second] == ["r2", "r0"]


def test_a_job_that_is_not_due_is_not_claimed(store):
    queue(store, job("now", due=NOW), job("soon", due=NOW + 0.001))

    assert [row.run for row in claim(store)] == ["now"]


def test_only_jobs_of_the_hosts_and_queues_asked_for_are_claimed(store):
    queue(
        store,
        job("other host", host="ship"),
        job("graph", host=""),
        job("other queue", queue="gpu", fair=""),
        job("ours"),
    )

    got = claim(store)
    others = claim(store, Claim(8, 9, ("ship",), ("default", "gpu")))
    gpu = claim(store, Claim(8, 9, ("order",), ("gpu",)))

    assert {row.run for row in got} == {"graph", "ours"}
    assert [row.run for row in others] == ["other host"]
    assert [row.run for row in gpu] == ["other queue"]


def test_who_serves_nothing_claims_nothing(store):
    queue(store, job("r1"))

    assert not claim(store, Claim(7, 9, (), ("default",)))
    assert not claim(store, Claim(7, 9, ("order",), ()))
    assert not claim(store, ALL._replace(most=0))


def test_a_job_born_claimed_is_not_claimed(store):
    queue(store, job("r1", owner=3, token=1))

    assert not claim(store)


def test_the_claim_comes_last_in_its_commit(store):
    """What the same commit has put on the queue can be claimed, and what it dropped cannot."""
    queue(store, job("r1"))

    got = claim(
        store,
        moved=[moved("r1")],
        jobs_gone=[JobGone("r1", "a", 1, 0)],
        jobs_made=[job("r1", "b")],
        contexts=[("r1", "new")],
    )

    assert [(row.step, row.context) for row in got] == [("b", "new")]


def test_a_claim_that_is_rolled_back_claims_nothing(store):
    queue(store, job("r1"))

    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.apply(commit(claim=ALL))
        raise ZeroDivisionError

    assert [row.token for row in claim(store)] == [1]


def test_jobs_of_many_runs_and_steps_are_told_apart(store):
    queue(store, *(job(run, step, visit) for run in "xyz" for step in "ab" for visit in (1, 2)))

    got = claim(store)

    assert len({(row.run, row.step, row.visit) for row in got}) == 12
    assert all(row.context == f'"{row.run}"' for row in got)


def test_a_store_says_whether_a_claim_could_get_something(store):
    def may(now=NOW, **but):
        return store.queues.may_give(ALL._replace(**but), now)

    assert not may()
    queue(store, job("r1", due=NOW), job("r2", priority=3, due=NOW + 5), job("r3", host="other"))

    assert may()
    assert not may(NOW - 1)
    assert not may(hosts=("nobody's",))
    claim(store)
    assert not may()
    assert may(NOW + 5)


def test_a_job_on_a_queue_of_its_own_may_be_given_too(store):
    queue(store, job("r1", queue="mail", fair="", due=NOW), job("r2", queue="a", fair="x", owner=9))

    assert store.queues.may_give(ALL, NOW)
    assert not store.queues.may_give(ALL, NOW - 1)
    assert not store.queues.may_give(ALL._replace(hosts=("other",)), NOW)
