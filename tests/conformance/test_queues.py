"""Limits of queues: counted in the claim's own transaction, from rows that cannot leak."""

import pytest

from perdure.ports.claims import Claim
from perdure.ports.commit import JobGone
from perdure.ports.rows import OwnedJob, QueueRow
from tests.conformance.given import NOW, apply, born, commit, job, moved

ALL = Claim(owner=7, most=100, hosts=("order",))


def claim(store, wanted=ALL, now=NOW, **lists):
    return apply(store, commit(now=now, claim=wanted, **lists))


def claimed(store, wanted=ALL, now=NOW):
    return [row.run for row in claim(store, wanted, now).claimed]


def mail(run, **but):
    return job(run, queue="mail", **({"fair": ""} | but))


def queue(store, *jobs):
    """Let the runs of these jobs be born with them."""
    names = dict.fromkeys(row.run for row in jobs)
    apply(store, born=[born(run) for run in names], jobs_made=list(jobs))


def end(store, run):
    apply(store, moved=[moved(run)], jobs_gone=[JobGone(run, "a", 1, None)])


def test_a_queue_has_no_more_attempts_under_way_than_its_limit(store):
    store.queues.limit_concurrency("mail", 2)
    queue(store, *(mail(f"r{n}", due=NOW - 9 + n) for n in range(5)))

    assert claimed(store) == ["r0", "r1"]
    assert claimed(store) == []
    end(store, "r0")
    assert claimed(store, ALL._replace(owner=8)) == ["r2"]


def test_the_claims_of_others_count(store):
    store.queues.limit_concurrency("mail", 1)
    queue(store, mail("r0", owner=9, token=1), mail("r1"))

    assert claimed(store) == []
    store.hand_back([OwnedJob("r0", "a", 1, 1, 1, 9)])
    assert len(claimed(store)) == 1


def test_an_attempt_that_ends_frees_its_place_in_the_same_commit(store):
    store.queues.limit_concurrency("mail", 1)
    queue(store, mail("r0", due=NOW - 1), mail("r1"))
    claimed(store)

    gone = claim(store, moved=[moved("r0")], jobs_gone=[JobGone("r0", "a", 1, 1)])

    assert [row.run for row in gone.claimed] == ["r1"]


def test_a_limit_can_be_changed_and_lifted(store):
    store.queues.limit_concurrency("mail", 0)
    queue(store, *(mail(f"r{n}") for n in range(4)))

    assert claimed(store) == []
    store.queues.limit_concurrency("mail", 1)
    assert len(claimed(store)) == 1
    store.queues.limit_concurrency("mail", None)
    assert len(claimed(store)) == 3


def test_a_limit_lowered_below_what_runs_lets_nothing_begin(store):
    queue(store, *(mail(f"r{n}", owner=9, token=1) for n in range(3)), mail("late"))
    store.queues.limit_concurrency("mail", 2)

    assert claimed(store) == []


def test_other_queues_and_unlimited_jobs_are_not_held_up(store):
    store.queues.limit_concurrency("mail", 0)
    queue(store, mail("r0"), job("gpu", queue="gpu", fair=""), job("free"))

    assert sorted(claimed(store)) == ["free", "gpu"]


def test_no_more_are_begun_in_any_span_than_the_rate_says(store):
    store.queues.limit_rate("mail", 2, 10.0)
    queue(store, *(mail(f"r{n}", due=NOW - 9 + n) for n in range(6)))

    first = claim(store)
    again = claim(store, now=NOW + 4.0)
    late = claim(store, now=NOW + 9.9)
    over = claim(store, now=NOW + 10.0)

    assert [row.run for row in first.claimed] == ["r0", "r1"]
    assert [row.run for row in over.claimed] == ["r2", "r3"]
    assert not again.claimed
    assert not late.claimed
    assert (first.again, again.again, over.again) == (NOW + 10.0, NOW + 10.0, NOW + 20.0)


def test_a_rate_counts_each_moment_for_itself(store):
    """What was begun later counts longer: the window slides, it does not begin anew."""
    store.queues.limit_rate("mail", 2, 10.0)
    queue(store, *(mail(f"r{n}", due=NOW - 9 + n) for n in range(6)))
    one = ALL._replace(most=1)

    assert len(claimed(store, one, NOW)) == 1
    assert len(claimed(store, one, NOW + 6.0)) == 1
    assert len(claimed(store, ALL, NOW + 10.0)) == 1
    assert claimed(store, ALL, NOW + 15.9) == []
    assert len(claimed(store, ALL, NOW + 16.0)) == 1


def test_a_rate_is_counted_whoever_claims_and_though_it_has_ended(store):
    store.queues.limit_rate("mail", 1, 10.0)
    queue(store, mail("r0", due=NOW - 1), mail("r1"))
    claimed(store)
    end(store, "r0")

    assert claimed(store, ALL._replace(owner=8), NOW + 1.0) == []


def test_who_is_not_held_up_by_a_rate_is_told_no_time(store):
    store.queues.limit_rate("mail", 3, 10.0)
    queue(store, mail("r0"))

    assert claim(store).again is None


def test_a_clock_that_was_far_ahead_does_not_stop_a_queue_for_long(store):
    store.queues.limit_rate("mail", 1, 10.0)
    queue(store, mail("r0", due=NOW - 1), mail("r1"))

    assert len(claimed(store, now=NOW + 5000.0)) == 1
    assert len(claimed(store, now=NOW)) == 1


def test_a_rate_can_be_lifted(store):
    store.queues.limit_rate("mail", 1, 3600.0)
    queue(store, *(mail(f"r{n}") for n in range(3)))
    claimed(store)
    store.queues.limit_rate("mail", None, None)

    assert len(claimed(store, now=NOW + 1.0)) == 2


def test_a_claim_that_is_rolled_back_uses_up_nothing(store):
    store.queues.limit_rate("mail", 1, 10.0)
    queue(store, mail("r0"))

    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.apply(commit(claim=ALL))
        raise ZeroDivisionError

    assert claimed(store) == ["r0"]


def test_a_worker_gets_only_of_the_queues_that_it_serves(store):
    queue(store, mail("r0"), job("gpu", queue="gpu", fair=""), job("free"))

    assert claimed(store, ALL._replace(queues=("mail",))) == ["r0"]
    assert claimed(store, ALL._replace(queues=("default",))) == ["free"]
    assert claimed(store) == ["gpu"]


def test_jobs_of_others_hosts_and_of_paused_runs_are_passed_over(store):
    queue(store, mail("ship", host="ship"), mail("paused"), mail("later", due=NOW + 1), mail("r0"))
    apply(store, moved=[moved("paused", paused=1)])

    assert claimed(store) == ["r0"]


def test_a_higher_priority_comes_first_and_age_tells(store):
    """One level is worth a minute: what has waited longer than that goes before."""
    queue(
        store,
        mail("new and high", priority=1, due=NOW),
        mail("two minutes old", due=NOW - 120.0),
        mail("new", due=NOW),
        job("free, new and high", priority=1, due=NOW - 1.0),
        job("free and old", due=NOW - 90.0),
    )

    assert claimed(store) == [
        "two minutes old", "free and old", "free, new and high", "new and high", "new",
    ]  # fmt: skip


def test_age_tells_among_jobs_that_no_queue_holds(store):
    queue(store, job("high", priority=2), job("old", due=NOW - 121.0), job("new", due=NOW - 119.0))

    assert claimed(store) == ["old", "high", "new"]


def test_keys_take_turns(store):
    """Ten thousand jobs of one key do not starve the one of another."""
    store.queues.limit_concurrency("mail", 1)
    queue(
        store,
        *(mail(f"a{n}", fair="a", due=NOW - 900 + n) for n in range(4)),
        *(mail(f"b{n}", fair="b", due=NOW - 50 + n) for n in range(2)),
        mail("c0", fair="c", due=NOW - 5),
    )

    order = []
    while got := claimed(store):
        order += got
        end(store, got[0])

    assert order == ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]


def test_the_key_with_the_fewest_attempts_under_way_comes_first(store):
    store.queues.limit_concurrency("mail", 4)
    queue(store, *(mail(f"a{n}", fair="a", due=NOW - 900 + n) for n in range(9)))
    claimed(store)
    queue(store, mail("b0", fair="b"), mail("b1", fair="b"), mail("b2", fair="b"))
    end(store, "a0")
    end(store, "a1")

    assert claimed(store) == ["b0", "b1"]


def test_keys_have_turns_in_one_claim(store):
    queue(
        store,
        *(mail(f"a{n}", fair="a", due=NOW - 900 + n) for n in range(3)),
        *(mail(f"b{n}", fair="b", due=NOW - 5 + n) for n in range(2)),
    )

    assert claimed(store, ALL._replace(most=4)) == ["a0", "b0", "a1", "b1"]


def test_a_key_gives_its_jobs_by_their_age(store):
    queue(
        store,
        mail("low", fair="a", priority=-1),
        mail("high", fair="a", priority=3),
        mail("middle", fair="a"),
        mail("other host", fair="a", host="", due=NOW - 70),
    )

    got = claimed(store, ALL._replace(hosts=("order", "")))

    assert got == ["high", "other host", "middle", "low"]


def test_keys_have_turns_on_the_default_queue_too(store):
    queue(store, *(job(f"a{n}", fair="a", due=NOW - 9 + n) for n in range(3)), job("b", fair="b"))

    assert claimed(store, ALL._replace(most=2)) == ["a0", "b"]


def test_workers_that_can_run_different_steps_have_turns_of_their_own(store):
    """What one cannot run does not put back whose turn it is for the other."""
    store.queues.limit_concurrency("mail", 1)
    queue(
        store,
        *(mail(f"a{n}", fair="a") for n in range(2)),
        mail("b0", fair="b"),
        *(mail(f"c{n}", fair="c", host="ship") for n in range(2)),
    )
    order = []
    for wanted in (ALL, ALL._replace(hosts=("ship",))) * 2:
        order += (got := claimed(store, wanted))
        end(store, got[0])

    assert order == ["a0", "c0", "b0", "c1"]


def test_many_keys_are_all_served(store):
    keys = [f"k{n:03}" for n in range(150)]
    queue(store, *(mail(key, fair=key) for key in keys))

    got = [run for _ in range(3) for run in claimed(store, ALL._replace(most=50))]

    assert sorted(got) == keys


def test_a_queue_stands_as_its_rows_say(store):
    store.queues.limit_concurrency("mail", 3)
    store.queues.limit_rate("mail", 5, 60.0)
    queue(
        store,
        mail("r0", due=NOW - 9.0),
        mail("r1"),
        mail("later", due=NOW + 5.0),
        mail("paused"),
        job("free", owner=4, token=1),
    )
    apply(store, moved=[moved("paused", paused=1)])
    claim(store, ALL._replace(most=1))

    assert store.queues.standing(NOW + 1.0) == [
        QueueRow("default", None, None, None, 0, 1, None, 0),
        QueueRow("mail", 3, 5, 60.0, 1, 1, NOW, 1),
    ]


def test_a_queue_with_limits_and_no_jobs_is_listed_and_one_with_neither_is_not(store):
    store.queues.limit_concurrency("mail", 3)
    store.queues.limit_rate("gpu", 3, 1.0)
    store.queues.limit_rate("gpu", None, None)

    assert [row.name for row in store.queues.standing(NOW)] == ["mail"]


def test_a_queued_job_that_is_not_due_says_when_something_is(store):
    queue(store, mail("now"), mail("r0", due=NOW + 7.0), mail("r1", due=NOW + 5.0))

    assert store.next_due(NOW) == NOW + 5.0


def test_a_worker_says_what_it_serves(store):
    store.join("host", 1, NOW, 30.0, '["mail"]')
    store.join("host", 2, NOW, 30.0)

    assert [row.queues for row in store.workers()] == ['["mail"]', None]


def test_the_fair_key_of_a_run_is_kept(store):
    apply(store, born=[born("r1", fair="ann"), born("r2")])

    loaded = store.load(["r1", "r2"])

    assert [loaded[run].row.fair for run in ("r1", "r2")] == ["ann", None]
