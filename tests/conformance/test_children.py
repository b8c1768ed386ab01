"""Children are born with their parent's move, their ends are told with their own, and all at once."""

from perdure.ports.commit import CalledOff, Mail
from perdure.ports.rows import RunFilter
from tests.conformance.given import NOW, apply, born, moved, only, runs, written


def child(run, place=0, *, brood=1, parent="r1", **but):
    return born(run, parent=parent, of_brood=brood, place=place, **but)


def parent_of(store, *children):
    """Let a parent move, and these be born with it."""
    runs(store, "r1")
    return apply(
        store,
        moved=[moved("r1", brood="1 3 0 0 0")],
        offspring=list(children),
        history=[written("r1", 2), *(written(row.run) for row in children)],
    )


def messages(store, run):
    return [row.message for row in only(store.load([run])).inbox]


def test_children_are_born_with_the_move_of_their_parent(store):
    done = parent_of(store, child("c1"), child("c2", 1, detached=1))

    row = only(store.load(["c2"])).row
    assert done.born == {"c1", "c2"}
    assert (row.parent, row.of_brood, row.place, row.detached) == ("r1", 1, 1, 1)
    assert only(store.load(["r1"])).row.brood == "1 3 0 0 0"


def test_no_child_is_born_where_its_parent_does_not_pass(store):
    runs(store, "r1")

    done = apply(store, moved=[moved("r1", old=7, seq=8)], offspring=[child("c1")])

    assert done.born == frozenset()
    assert store.load(["c1"]) == {}


def test_a_child_is_born_once(store):
    parent_of(store, child("c1"))

    done = apply(store, moved=[moved("r1", old=2, seq=3)], offspring=[child("c1", 5)])

    assert done.born == frozenset()
    assert only(store.load(["c1"])).row.place == 0


def test_children_come_in_the_order_they_were_started(store):
    parent_of(store, child("z"), child("b", 2), child("a", 1), child("later", 0, brood=2))

    assert [row.id for row in store.children("r1")] == ["z", "a", "b", "later"]
    assert [row.id for row in store.children("r1", 1)] == ["z", "a", "b"]
    assert store.children("z") == []


def test_runs_are_found_by_their_parent(store):
    parent_of(store, child("c1"), child("c2", 1, status="completed", ended_at=NOW))

    def found(**query):
        return [row.id for row in store.find(RunFilter(parent="r1", **query))]

    assert found() == ["c2", "c1"]
    assert found(live=True) == ["c1"]
    assert found(status="completed") == ["c2"]
    assert found(workflow="other") == []


def test_a_message_to_another_run_comes_with_the_move_of_its_sender(store):
    runs(store, "r1", "r2")

    apply(
        store,
        moved=[moved("r1"), moved("r2", old=9, seq=10)],
        mail=[Mail("r1", "r2", "told"), Mail("r2", "r1", "not told"), Mail("r1", "gone", "lost")],
    )

    assert messages(store, "r2") == ["told"]
    assert messages(store, "r1") == []


def test_children_are_called_off_but_for_those_detached_or_ended(store):
    ended = child("c3", 2, status="completed", ended_at=NOW)
    parent_of(store, child("c1"), child("c2", 1, detached=1), ended, child("c4", 3, brood=2))

    done = apply(store, moved=[moved("r1", old=2, seq=3)], called_off=[CalledOff("r1", "off")])

    assert sorted(done.told) == ["c1", "c4"]
    assert messages(store, "c1") == messages(store, "c4") == ["off"]
    assert messages(store, "c2") == messages(store, "c3") == []


def test_children_born_in_the_commit_that_calls_them_off_are_told(store):
    runs(store, "r1")

    done = apply(
        store, moved=[moved("r1")], offspring=[child("c1")], called_off=[CalledOff("r1", "off")]
    )

    assert list(done.told) == ["c1"]


def test_a_run_that_does_not_pass_calls_nobody_off(store):
    parent_of(store, child("c1"))

    done = apply(store, moved=[moved("r1", old=9, seq=10)], called_off=[CalledOff("r1", "off")])

    assert list(done.told) == []
    assert messages(store, "c1") == []
