"""What a commit writes of a run that passed, and in which order."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.ports.commit import AttemptEnded, InboxMade, JobGone, TimerGone, WaitGone
from tests.conformance.given import (
    NOW,
    apply,
    commit,
    ended,
    job,
    kept,
    moved,
    only,
    runs,
    shown,
    timer,
    wait,
    written,
)


def test_what_goes_is_deleted_before_what_comes_under_the_same_key(store):
    runs(store, "r1")

    done = apply(
        store,
        moved=[moved("r1")],
        jobs_gone=[JobGone("r1", "a", 1, 0)],
        jobs_made=[job("r1", attempt=2, token=5)],
        waits_gone=[WaitGone("r1", "a", 1, "signal", 1)],
        waits_made=[wait("r1", key="new")],
        timers_gone=[TimerGone("r1", "a", 1, "sleep")],
        timers_made=[timer("r1", due=NOW + 99)],
        kept_gone=[("r1", 1)],
        kept_made=[kept("r1", payload="new")],
    )

    found = only(store.load(["r1"]))
    assert done.moved == {"r1"}
    assert [(row.attempt, row.token) for row in found.jobs] == [(2, 5)]
    assert [row.key for row in found.waits] == ["new"]
    assert [row.due for row in found.timers] == [NOW + 99]
    assert [row.payload for row in found.kept] == ["new"]


TWICE = {
    "job": {"jobs_made": [job("r1")]},
    "wait": {"waits_made": [wait("r1")]},
    "timer": {"timers_made": [timer("r1")]},
    "kept signal": {"kept_made": [kept("r1")]},
    "sequence": {"history": [written("r1")]},
}


@pytest.mark.parametrize("what", TWICE)
def test_a_batch_that_would_write_a_row_twice_is_refused_wholly(store, what):
    runs(store, "r1", "r2")
    before = shown(store, "r1"), shown(store, "r2")

    with pytest.raises(StoreRefusedError):
        apply(store, moved=[moved("r1"), moved("r2")], **TWICE[what])

    assert (shown(store, "r1"), shown(store, "r2")) == before


def test_a_refused_batch_cannot_be_committed_by_who_swallows_the_error(store):
    runs(store, "r1")

    with pytest.raises(StoreRefusedError), store.transaction() as tx:
        with pytest.raises(StoreRefusedError):
            tx.apply(commit(moved=[moved("r1")], **TWICE["sequence"]))
        assert tx is not None

    assert only(store.load(["r1"])).row.seq == 1


def test_a_transaction_whose_block_raises_writes_nothing(store):
    runs(store, "r1")
    before = shown(store, "r1")

    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.apply(commit(moved=[moved("r1")], steps=[ended("r1")]))
        raise ZeroDivisionError

    assert shown(store, "r1") == before


def test_a_transaction_reads_what_cannot_change_before_its_end(store):
    runs(store, "r1")

    with store.transaction() as tx:
        before = only(tx.load(["r1", "nobody"]))
        tx.apply(commit(moved=[moved("r1")]))
        after = only(tx.load(["r1"]))

    assert (before.row.seq, after.row.seq) == (1, 2)


def test_a_transaction_may_write_two_commits(store):
    runs(store, "r1")

    with store.transaction() as tx:
        tx.apply(commit(moved=[moved("r1")]))
        tx.apply(commit(moved=[moved("r1", 2, 3)]))

    assert only(store.load(["r1"])).row.seq == 3


def test_nothing_is_seen_of_a_transaction_before_its_end(store):
    """Two commits that follow each other are not seen half."""
    runs(store, "r1", "r2")

    with store.transaction() as tx:
        tx.apply(commit(moved=[moved("r1"), moved("r2")]))

    assert {loaded.row.seq for loaded in store.load(["r1", "r2"]).values()} == {2}


def test_a_context_is_replaced(store):
    runs(store, "r1")

    apply(store, moved=[moved("r1")], contexts=[("r1", '{"n":7}')])

    assert only(store.load(["r1"])).context == '{"n":7}'


def test_ended_visits_and_attempts_are_added_in_the_order_they_ended(store):
    runs(store, "r1", "r2")
    steps = [ended("r1", step) for step in ("z", "a", "m")]
    tries = [AttemptEnded("r1", "z", 1, number, NOW, NOW, "{}", 0.5) for number in (2, 1)]

    apply(store, moved=[moved("r1")], steps=steps[:2], attempts=tries[:1])
    apply(store, moved=[moved("r1", 2, 3)], steps=steps[2:], attempts=tries[1:])

    assert store.steps("r1") == steps
    assert store.attempts("r1") == tries
    assert store.steps("r2") == store.attempts("r2") == []


def test_a_visit_number_may_end_twice(store):
    """A step that is skipped has no visit of its own; a retry of the run may skip it again."""
    runs(store, "r1")
    skipped = ended("r1", visit=0, status="skipped", output=None)

    apply(store, moved=[moved("r1")], steps=[skipped])
    apply(store, moved=[moved("r1", 2, 3)], steps=[skipped])

    assert store.steps("r1") == [skipped, skipped]


def test_a_message_of_a_run_that_did_not_pass_is_not_accepted(store):
    runs(store, "r1", "r2")

    done = apply(
        store,
        moved=[moved("r1"), moved("r2", old=9)],
        inbox_made=[InboxMade(run, "m", None, None) for run in ("r1", "r2")],
    )

    found = store.load(["r1", "r2"])
    assert [len(found[run].inbox) for run in ("r1", "r2")] == [1, 0]
    assert done.accepted == [("r1", found["r1"].inbox[0].id)]


def test_a_commits_message_is_accepted_once_for_a_key(store):
    runs(store, "r1")
    message = InboxMade("r1", "m", None, "k")

    first = apply(store, moved=[moved("r1")], inbox_made=[message, message])
    second = apply(store, moved=[moved("r1", 2, 3)], inbox_made=[message])

    assert len(only(store.load(["r1"])).inbox) == 1
    assert (len(first.accepted), len(second.accepted)) == (1, 0)
    assert store.put([message]) == [None]


def test_plans_are_kept_by_their_hash_and_the_first_stays(store):
    apply(store, plans=[("h1", "order", "1", "one"), ("h2", "order", "2", "two")])
    apply(store, plans=[("h1", "order", "1", "other"), ("h3", "ship", "1", "three")])

    assert [store.plan(hash_) for hash_ in ("h1", "h2", "h3", "h4")] == [
        "one",
        "two",
        "three",
        None,
    ]
    assert store.latest_plan("order") == ("h2", "two")
    assert store.latest_plan("nothing") is None


def test_the_outcome_of_a_sequence_is_the_batch_that_wrote_it(store):
    runs(store, "r1")
    second = commit(moved=[moved("r1", 1, 3)], history=[written("r1", 2), written("r1", 3)])
    third = commit(moved=[moved("r1", 3, 4)], history=[written("r1", 4)])
    apply(store, second)
    apply(store, third)

    found = [store.outcome("r1", seq) for seq in (2, 3, 4, 5)]

    assert found == [second.batch, second.batch, third.batch, None]
    assert store.outcome("nobody", 1) is None


def test_what_is_open_of_a_runs_loops_stands_in_its_row_until_nothing_is(store):
    runs(store, "r1")

    apply(store, moved=[moved("r1", scopes='[["each",1]]')], history=[written("r1", 2)])
    assert only(store.load(["r1"])).row.scopes == '[["each",1]]'

    apply(store, moved=[moved("r1", 2, 3)], history=[written("r1", 3)])
    assert only(store.load(["r1"])).row.scopes is None
