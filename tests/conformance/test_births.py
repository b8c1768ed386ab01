"""A run comes to be with all its rows, or not at all where a key is taken."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.ports.commit import InboxMade
from tests.conformance.given import (
    NOW,
    apply,
    born,
    commit,
    job,
    moved,
    only,
    runs,
    shown,
    written,
)


def birth(run, **but):
    return {
        "born": [born(run, **but)],
        "contexts": [(run, '{"n":1}')],
        "jobs_made": [job(run)],
        "history": [written(run)],
    }


def test_a_birth_is_shown_as_it_was_written(store):
    row = born(
        "r1", status="waiting", cursor="s", marks="a7", visits='{"s":2}', priority=-3,
        ended_at=NOW + 1, error='{"kind":"x"}', start_key="k", unique_key="u", deadline=NOW + 9,
    )  # fmt: skip
    made = commit(born=[row])

    done = apply(store, made)

    found = only(store.load(["r1"])).row
    assert done.born == {"r1"}
    assert (found.id, found.batch, found.paused) == ("r1", made.batch, 0)
    assert {name: getattr(found, name) for name in row._fields[1:]} == {
        name: value for name, value in row._asdict().items() if name != "run"
    }


def test_a_run_without_a_context_has_an_empty_one(store):
    apply(store, born=[born("r1")])

    assert only(store.load(["r1"])).context == "{}"


def test_where_a_start_key_is_taken_nothing_is_written(store):
    apply(store, **birth("r1", start_key="k"))

    done = apply(store, **birth("r2", start_key="k"))

    assert done.born == frozenset()
    assert shown(store, "r2") == (None, [], [], [])
    assert store.by_start_key("k") == "r1"


def test_a_start_key_stays_taken_when_its_run_has_ended(store):
    apply(store, **birth("r1", start_key="k", status="completed", ended_at=NOW))

    assert apply(store, **birth("r2", start_key="k")).born == frozenset()


def test_a_unique_key_is_taken_while_its_run_lives(store):
    apply(store, **birth("r1", unique_key="u"))

    refused = apply(store, **birth("r2", unique_key="u"))
    apply(store, moved=[moved("r1", status="completed", ended_at=NOW)])
    accepted = apply(store, **birth("r3", unique_key="u"))

    assert (refused.born, accepted.born) == (frozenset(), {"r3"})


def test_a_unique_key_is_free_for_a_birth_in_the_commit_that_ends_its_run(store):
    apply(store, **birth("r1", unique_key="u"))

    done = apply(
        store,
        moved=[moved("r1", status="completed", ended_at=NOW)],
        born=[born("r2", unique_key="u")],
    )

    assert (done.moved, done.born) == ({"r1"}, {"r2"})


def given_an_ended_run_with_a_unique_key(store, run="r1", key="u"):
    apply(store, **birth(run, unique_key=key))
    apply(store, moved=[moved(run, status="failed", ended_at=NOW)])


def test_a_run_that_lives_again_has_its_unique_key_again(store):
    given_an_ended_run_with_a_unique_key(store)
    apply(store, **birth("r2", unique_key="u"))
    apply(store, moved=[moved("r2", status="completed", ended_at=NOW)])

    revived = apply(store, moved=[moved("r1", 2, 3)])
    refused = apply(store, **birth("r3", unique_key="u"))

    assert (revived.moved, refused.born) == ({"r1"}, frozenset())


def test_a_run_cannot_live_again_while_another_has_its_unique_key(store):
    given_an_ended_run_with_a_unique_key(store)
    apply(store, **birth("r2", unique_key="u"))

    with pytest.raises(StoreRefusedError):
        apply(store, moved=[moved("r1", 2, 3)])

    assert only(store.load(["r1"])).row.status == "failed"


def test_of_two_births_with_one_key_in_a_commit_the_first_wins(store):
    done = apply(store, born=[born(run, start_key="k") for run in ("r1", "r2")])

    assert done.born == {"r1"}
    assert store.by_start_key("k") == "r1"


def test_one_key_may_be_a_start_key_and_a_unique_key(store):
    done = apply(store, born=[born("r1", start_key="k"), born("r2", unique_key="k")])

    assert done.born == {"r1", "r2"}


def test_an_id_is_born_once(store):
    runs(store, "r1")
    before = shown(store, "r1")

    done = apply(store, **birth("r1"))

    assert done.born == frozenset()
    assert shown(store, "r1") == before


def test_births_and_moves_of_one_commit_do_not_depend_on_each_other(store):
    runs(store, "r1")

    done = apply(store, moved=[moved("r1", old=9)], **birth("r2"))

    assert (done.moved, done.born) == (frozenset(), {"r2"})


def test_a_birth_may_have_a_message_at_once(store):
    lists = birth("r1") | {"inbox_made": [InboxMade("r1", '["Continue"]', None, None)]}

    apply(store, **lists)

    assert [row.message for row in only(store.load(["r1"])).inbox] == ['["Continue"]']


def test_no_key_is_asked_for_of_an_unknown_one(store):
    assert store.by_start_key("k") is None


def test_within_a_transaction_it_is_known_who_has_a_key(store):
    apply(store, **birth("r1", start_key="s", unique_key="u"))
    given_an_ended_run_with_a_unique_key(store, "r2", "gone")

    with store.transaction() as open_:
        open_.apply(commit(**birth("r3", unique_key="fresh")))
        found = [
            open_.holder(*keys)
            for keys in [
                ("s", None), (None, "u"), ("other", "u"), (None, "fresh"), (None, "gone"),
                (None, None), ("u", "s"),
            ]
        ]  # fmt: skip

    assert found == ["r1", "r1", "r1", "r3", None, None, None]
