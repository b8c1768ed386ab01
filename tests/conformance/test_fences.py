"""A run passes the fence with its sequence and all that is taken of it, or writes nothing."""

import pytest

from perdure.ports.commit import AttemptEnded, InboxMade, JobGone, TimerGone, WaitGone
from tests.conformance.given import (
    NOW,
    apply,
    commit,
    ended,
    job,
    kept,
    moved,
    next_step,
    only,
    runs,
    shown,
    timer,
    wait,
    written,
)


def test_a_run_that_passes_is_moved_and_marked_and_its_rows_are_written(store):
    runs(store, "r1")
    made = commit(**next_step("r1"))

    done = apply(store, made)

    found = only(store.load(["r1"]))
    assert done.moved == {"r1"}
    assert (found.row.seq, found.row.batch, found.row.cursor) == (2, made.batch, "b")
    assert found.context == '{"n":2}'
    assert [row.step for row in found.jobs] == ["b"]
    assert [row.step for row in found.waits] == ["a", "b"]
    assert [row.step for row in found.timers] == ["a", "b"]
    assert [row.signal for row in found.kept] == [1, 2]
    assert store.steps("r1") == [ended("r1")]
    assert store.history("r1") == [written("r1"), written("r1", 2)]


def every_list(run, **taken):
    """The lists of a commit that would change every table, and what it takes besides."""
    lists = {
        "moved": [moved(run)],
        "jobs_gone": [JobGone(run, "a", 1, None)],
        "jobs_made": [job(run, "b"), job(run, "c")],
        "waits_gone": [WaitGone(run, "a", 1, "signal", 0)],
        "waits_made": [wait(run, "b")],
        "timers_gone": [TimerGone(run, "a", 1, "sleep")],
        "timers_made": [timer(run, "b")],
        "kept_gone": [(run, 1)],
        "kept_made": [kept(run, 2)],
        "contexts": [(run, '{"n":2}')],
        "steps": [ended(run)],
        "attempts": [AttemptEnded(run, "a", 1, 1, NOW, NOW, "{}")],
        "history": [written(run, 2)],
        "inbox_made": [InboxMade(run, '["Continue"]', None, "k2")],
    }
    return lists | taken


REFUSED = {
    "another sequence": {"moved": [moved("r1", old=7)]},
    "a later sequence": {"moved": [moved("r1", old=0)]},
    "another token": {"jobs_gone": [JobGone("r1", "a", 1, 9)]},
    "a job that is gone": {"jobs_gone": [JobGone("r1", "z", 1, 0)]},
    "a job of another visit": {"jobs_gone": [JobGone("r1", "a", 2, 0)]},
    "one job of two gone": {"jobs_gone": [JobGone("r1", "a", 1, 0), JobGone("r1", "z", 1, 0)]},
    "a wait that is gone": {"waits_gone": [WaitGone("r1", "z", 1, "signal", 1)]},
    "a wait of another visit": {"waits_gone": [WaitGone("r1", "a", 2, "signal", 1)]},
    "a wait of another kind": {"waits_gone": [WaitGone("r1", "a", 1, "coming", 1)]},
    "a message that is gone": {"inbox_gone": [("r1", 9)]},
    "a message of another run": {"inbox_gone": [("r1", 2)]},
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_refused_run_is_unchanged_in_every_table(store, why):
    runs(store, "r1", "r2")
    store.put([InboxMade("r1", "m1", None, "k1"), InboxMade("r2", "m2", None, "k1")])
    before = shown(store, "r1")

    done = apply(store, **every_list("r1", **REFUSED[why]))

    assert done.moved == frozenset()
    assert shown(store, "r1") == before
    assert store.put([InboxMade("r1", "m3", None, "k2")]) != [None]


@pytest.mark.parametrize("why", REFUSED)
def test_a_refused_run_stops_no_other_of_its_batch(store, why):
    runs(store, "r1", "r2", "r3")
    store.put([InboxMade("r1", "m1", None, None), InboxMade("r2", "m2", None, None)])
    bad, good = every_list("r1", **REFUSED[why]), every_list("r3")
    before = shown(store, "r1")

    done = apply(store, **{name: bad[name] + good.get(name, []) for name in bad})

    assert done.moved == {"r3"}
    assert shown(store, "r1") == before
    assert [row.step for row in only(store.load(["r3"])).jobs] == ["b", "c"]


def test_without_a_token_whatever_job_stands_is_dropped(store):
    runs(store, "r1")

    done = apply(
        store,
        moved=[moved("r1")],
        jobs_gone=[JobGone("r1", "a", 1, None), JobGone("r1", "gone before", 1, None)],
    )

    assert done.moved == {"r1"}
    assert not only(store.load(["r1"])).jobs


def test_a_wait_that_is_not_fenced_may_be_gone(store):
    runs(store, "r1")

    done = apply(store, moved=[moved("r1")], waits_gone=[WaitGone("r1", "z", 1, "coming", 0)])

    assert done.moved == {"r1"}


def test_all_waits_of_a_kind_of_a_visit_go_whatever_their_names(store):
    runs(store, "r1")
    coming = [wait("r1", kind="coming", name=name) for name in ("go", "stop")]
    apply(store, moved=[moved("r1")], waits_made=coming)

    apply(store, moved=[moved("r1", 2, 3)], waits_gone=[WaitGone("r1", "a", 1, "coming", 1)])

    assert [row.kind for row in only(store.load(["r1"])).waits] == ["signal"]


def test_a_taken_message_goes_with_the_commit(store):
    runs(store, "r1")
    first, second = store.put([InboxMade("r1", m, None, None) for m in ("m1", "m2")])

    done = apply(store, moved=[moved("r1")], inbox_gone=[("r1", first)])

    assert done.moved == {"r1"}
    assert [row.id for row in only(store.load(["r1"])).inbox] == [second]


def test_messages_that_meant_nothing_go_whatever_happens_to_their_runs(store):
    runs(store, "r1")
    first, second = store.put([InboxMade("r1", m, None, None) for m in ("m1", "m2")])

    done = apply(store, moved=[moved("r1", old=7)], inbox_done=[first])

    assert done.moved == frozenset()
    assert [row.id for row in only(store.load(["r1"])).inbox] == [second]


def test_an_unknown_run_is_not_moved(store):
    done = apply(store, **next_step("nobody"))

    assert done.moved == frozenset()
    assert store.load(["nobody"]) == {}


def test_of_two_who_move_a_run_from_one_sequence_the_first_wins(store):
    runs(store, "r1")

    first = apply(store, **next_step("r1"))
    second = apply(store, moved=[moved("r1", cursor="lost")], history=[written("r1", 2)])

    assert (first.moved, second.moved) == ({"r1"}, frozenset())
    assert only(store.load(["r1"])).row.cursor == "b"


def test_an_empty_commit_does_nothing(store):
    done = apply(store, commit())

    assert (done.moved, done.born, list(done.claimed)) == (frozenset(), frozenset(), [])
