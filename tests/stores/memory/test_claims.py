"""Claims over dicts; what a store must do is in tests/conformance."""

from perdure.ports.claims import Claim
from perdure.stores.memory import MemoryStore
from tests.conformance.given import NOW, apply, born, commit, job


def test_of_equal_ranks_who_was_born_first_is_claimed_first():
    store = MemoryStore()
    for run in ("r1", "r0"):
        apply(store, born=[born(run)], jobs_made=[job(run, queue="mail", fair="")])

    made = apply(store, commit(claim=Claim(7, 9, ("order",))))

    assert [row.run for row in made.claimed] == ["r1", "r0"]


def test_what_was_begun_is_forgotten_when_it_counts_no_more():
    store = MemoryStore()
    store.queues.limit_rate("mail", 1, 10.0)
    apply(
        store,
        born=[born(f"r{n}") for n in range(3)],
        jobs_made=[job(f"r{n}", queue="mail", fair="") for n in range(3)],
    )
    for after in (0.0, 20.0, 40.0):
        apply(store, commit(now=NOW + after, claim=Claim(7, 9, ("order",))))

    assert store._tables.queues["mail"].begun == [(NOW + 40.0, 1)]
