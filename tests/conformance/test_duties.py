"""Timers, incarnations and their leases, and jobs that go back to the queue."""

import pytest

from perdure.ports.claims import Claim
from perdure.ports.commit import TimerGone
from perdure.ports.rows import DueTimer, OwnedJob
from tests.conformance.given import NOW, apply, born, job, moved, only, timer


def test_due_timers_come_the_most_overdue_first_and_none_early(store):
    apply(
        store,
        born=[born("r1"), born("r2")],
        timers_made=[
            timer("r1", due=NOW - 1),
            timer("r1", kind="wait", due=NOW - 3),
            timer("r2", "b", 2, due=NOW),
            timer("r2", due=NOW + 0.000001),
        ],
    )

    got = store.due_timers(NOW, 10)

    assert got == [
        DueTimer("r1", "a", 1, "wait", NOW - 3),
        DueTimer("r1", "a", 1, "sleep", NOW - 1),
        DueTimer("r2", "b", 2, "sleep", NOW),
    ]
    assert store.due_timers(NOW, 2) == got[:2]


def test_a_timer_that_is_gone_is_not_due(store):
    apply(store, born=[born("r1")], timers_made=[timer("r1", due=NOW)])

    apply(store, moved=[moved("r1")], timers_gone=[TimerGone("r1", "a", 1, "sleep")])

    assert store.due_timers(NOW, 10) == []
    assert store.next_due(NOW) is None


def test_the_next_due_is_a_timer_or_an_unclaimed_job_that_is_to_come(store):
    apply(store, born=[born("r1")], timers_made=[timer("r1", due=NOW + 9)])
    timers_only = store.next_due(NOW)
    apply(
        store,
        moved=[moved("r1")],
        jobs_made=[
            job("r1", "overdue", due=NOW - 9),
            job("r1", "claimed", due=NOW + 1, owner=1),
            job("r1", "low", due=NOW + 5, priority=-2),
            job("r1", "high", due=NOW + 7, priority=2),
        ],
    )

    assert timers_only == NOW + 9
    assert store.next_due(NOW) == NOW + 5
    assert store.next_due(NOW + 5) == NOW + 7


def test_an_overdue_timer_is_what_is_due_next(store):
    apply(store, born=[born("r1")], timers_made=[timer("r1", due=NOW - 5)])

    assert store.next_due(NOW) == NOW - 5


def test_nothing_is_due_in_an_empty_store(store):
    assert store.next_due(NOW) is None
    assert store.due_timers(NOW, 10) == []


# -- incarnations ---------------------------------------------------------------------------------


def test_an_incarnation_is_known_until_it_leaves(store):
    first = store.join("host", 1, NOW, 30)
    second = store.join("host", 2, NOW + 1, 30)
    store.leave(first.id)

    assert (first.host, first.pid, first.started_at, first.lease_until) == (
        "host",
        1,
        NOW,
        NOW + 30,
    )
    assert store.workers() == [second]


def test_the_number_of_an_incarnation_is_never_used_again(store):
    first = store.join("host", 1, NOW, 30)
    store.leave(first.id)

    assert store.join("host", 1, NOW, 30).id > first.id


def test_a_lease_is_renewed_while_it_has_not_been_taken_away(store):
    one = store.join("host", 1, NOW, 30)

    renewed = store.renew(one.id, NOW + 10, 30)
    lease = store.workers()[0].lease_until
    buried = store.bury(one.id, NOW + 10, forced=True)

    assert (renewed, lease, buried) == (True, NOW + 40, True)
    assert not store.renew(one.id, NOW + 20, 30)
    assert store.workers() == []


def test_a_live_lease_is_taken_away_by_force_only(store):
    one = store.join("host", 1, NOW, 30)

    early = store.bury(one.id, NOW + 29, forced=False)
    late = store.bury(one.id, NOW + 30, forced=False)

    assert (early, late) == (False, True)
    assert not store.bury(one.id, NOW + 30, forced=True)


def test_an_unknown_incarnation_is_neither_renewed_nor_buried(store):
    assert not store.renew(99, NOW, 30)
    assert not store.bury(99, NOW, forced=True)
    store.leave(99)


def test_a_living_incarnation_is_not_dead(store):
    assert not store.is_dead(store.join("host", 1, NOW, 30))


@pytest.fixture
def crew(store):
    """Two incarnations with two jobs each, and a job that is nobody's."""
    one, two = store.join("host", 1, NOW, 30), store.join("host", 2, NOW, 30)
    apply(
        store,
        born=[born("r1"), born("r2")],
        jobs_made=[
            job("r1", "a", owner=one.id, token=1),
            job("r1", "b", owner=two.id, token=1),
            job("r1", "c"),
            job("r2", "a", owner=one.id, token=4, attempt=2),
            job("r2", "b", owner=two.id, token=1),
        ],
    )
    return one.id, two.id


def test_jobs_are_found_by_their_owner(store, crew):
    one, _ = crew

    assert store.owned(one) == [
        OwnedJob("r1", "a", 1, 1, 1, one),
        OwnedJob("r2", "a", 1, 2, 4, one),
    ]
    assert store.owned(99) == []


def test_the_jobs_of_a_buried_incarnation_are_orphans_until_they_are_taken(store, crew):
    one, two = crew
    before = store.orphans(10)
    store.bury(one, NOW + 31, forced=False)

    orphans = store.orphans(10)
    limited = store.orphans(1)
    store.hand_back(orphans[:1])

    assert (before, limited) == ([], orphans[:1])
    assert [(row.run, row.step, row.owner) for row in orphans] == [
        ("r1", "a", one),
        ("r2", "a", one),
    ]
    assert store.orphans(10) == orphans[1:]
    assert {row.id for row in store.workers()} == {two}


def test_orphans_are_still_known_when_others_join(store, crew):
    one, _ = crew
    store.bury(one, NOW, forced=True)

    store.join("host", 3, NOW, 30)

    assert len(store.orphans(10)) == 2


def test_who_leaves_hands_its_jobs_back_uncounted(store, crew):
    one, two = crew

    store.leave(one)

    rows = {(row.step, row.owner, row.token, row.attempt) for row in store.load(["r2"])["r2"].jobs}
    assert rows == {("a", None, 4, 2), ("b", two, 1, 1)}
    assert store.orphans(10) == []


def test_a_job_is_handed_back_where_its_token_and_owner_still_hold(store, crew):
    one, two = crew
    first, second = store.owned(one)

    count = store.hand_back([first, second._replace(token=3), second._replace(owner=two)])

    assert count == 1
    assert store.owned(one) == [second]


def test_a_job_that_was_handed_back_is_claimed_under_a_new_token(store, crew):
    one, _ = crew
    store.hand_back([row for row in store.owned(one) if row.run == "r2"])

    got = apply(store, claim=Claim(9, 9, ("order",), ("default",))).claimed

    assert {(row.run, row.step, row.token, row.attempt) for row in got} == {
        ("r1", "c", 1, 1),
        ("r2", "a", 5, 2),
    }
    assert only(store.load(["r2"])).jobs[0].owner == 9


def test_nothing_handed_back_is_nothing_done(store):
    assert store.hand_back([]) == 0
