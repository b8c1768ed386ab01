"""Runs that are over are forgotten whole, and none that may still be asked for."""

import pytest

from perdure.ports.archive import Long
from perdure.ports.commit import AttemptEnded, Commit, InboxMade, Label, Written
from perdure.ports.rows import RunFilter
from perdure.stores.memory import MemoryStore
from perdure.stores.sqlite.archive import BY_ID, TABLES
from tests.conformance.given import NOW, apply, born, ended, moved

LATER = NOW + 60.0


def bear(store, run, *, ended=LATER, batch, **but):
    """Have a run that was born and, unless `ended` is None, has ended."""
    made = born(run, ended_at=ended, status="completed" if ended else "running", **but)
    with store.transaction() as open_:
        open_.apply(
            Commit(
                batch=batch,
                now=NOW,
                born=[made],
                contexts=[(run, '{"a":1}')],
                labels=[Label(run, "tag", "vip", None)],
                history=[Written(run, 1, NOW, '["Start"]', "[]")],
            )
        )


@pytest.fixture
def runs(store):
    """Four runs: the third lives."""
    for number, run in enumerate(("a", "b", "c", "d"), 1):
        bear(store, run, ended=None if run == "c" else LATER, batch=number, start_key=f"k-{run}")
    return store


def over(store, after=0, most=10):
    return [each.run for each in store.archive.over(after, most)]


def test_runs_that_have_ended_are_listed_by_birth_a_slice_at_a_time(runs):
    first, second = runs.archive.over(0, 2)

    assert (first.run, second.run) == ("a", "b")
    assert (first.plan, first.created_at, first.ended_at) == ("plan_a", NOW, LATER)
    assert over(runs, second.n) == ["d"]


def test_a_run_goes_with_everything_that_is_its(runs):
    gone = runs.archive.forget(runs.archive.over(0, 1))

    assert gone == ["a"]
    assert sorted(runs.load(["a", "b", "c", "d"])) == ["b", "c", "d"]
    assert runs.history("a") == []
    assert {label.run for label in runs.labels(["a", "b"])} == {"b"}
    assert runs.by_start_key("k-a") is None
    assert runs.by_start_key("k-b") == "b"
    assert [row.id for row in runs.find(RunFilter())] == ["d", "c", "b"]


def test_its_keys_are_free_again_and_its_id(runs):
    runs.archive.forget(runs.archive.over(0, 1))
    bear(runs, "a", batch=9, start_key="k-a")

    assert runs.by_start_key("k-a") == "a"
    assert len(runs.history("a")) == 1


def test_one_that_has_begun_again_since_stays(runs):
    (old,) = runs.archive.over(0, 1)

    assert runs.archive.forget([old._replace(ended_at=NOW)]) == []
    assert runs.archive.forget([old._replace(run="c")]) == []
    assert over(runs) == ["a", "b", "d"]


def test_one_with_a_message_stays(runs):
    runs.put([InboxMade("a", '["Signal"]', None, None)])

    assert runs.archive.forget(runs.archive.over(0, 2)) == ["b"]


def test_the_one_born_last_stays(runs):
    assert runs.archive.forget(runs.archive.over(0, 9)) == ["a", "b"]
    assert runs.archive.forget(runs.archive.over(0, 9)) == []


def test_a_child_stays_while_its_parent_lives(store):
    bear(store, "mother", ended=None, batch=1)
    bear(store, "aunt", ended=None, batch=2)
    children = [
        born(run, ended_at=LATER, status="completed", parent=parent, of_brood=1, place=0)
        for run, parent in (("child", "mother"), ("niece", "aunt"))
    ]
    over_now = moved("aunt", status="completed", ended_at=LATER)
    with store.transaction() as open_:
        open_.apply(Commit(batch=3, now=NOW, moved=[moved("mother"), over_now], offspring=children))
    bear(store, "last", batch=4)

    assert store.archive.forget(store.archive.over(0, 9)) == ["aunt", "niece"]


def test_forgetting_nothing_is_nothing(runs):
    assert runs.archive.forget([]) == []
    assert runs.archive.over(99, 9) == []


def test_no_table_of_runs_is_left_out(store):
    """A table with a column `run` is a run's; the inbox is empty when a run goes."""
    if isinstance(store, MemoryStore):
        return
    asked = (
        "SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE c.name = 'run'"
    )
    with store._database.reading() as db:
        found = {name for (name,) in db.execute(asked)}

    assert found == set(TABLES) - {"runs"} | {"inbox", "calls"}
    assert "calls" in BY_ID


# -- long histories ----------------------------------------------------------------------------
def go_on(store, run, seqs):
    """Have a run apply a message at each of these sequences; each ends a visit and an attempt."""
    for seq in seqs:
        at = NOW + seq
        apply(
            store,
            now=at,
            moved=[moved(run, seq - 1, seq)],
            steps=[ended(run, "ab"[seq % 2], seq, ended_at=at)],
            attempts=[AttemptEnded(run, "a", seq, 1, None, at, "{}")],
            history=[Written(run, seq, at, "[]", "[]")],
        )


@pytest.fixture
def long(store):
    """A live run of ten messages, a graph of as many, one that has ended, and one of two."""
    bear(store, "long", ended=None, batch=901)
    bear(store, "graph", ended=None, batch=902, marks="1")
    bear(store, "over", batch=903)
    bear(store, "short", ended=None, batch=904)
    go_on(store, "long", range(2, 11))
    apply(
        store,
        moved=[moved("graph", 1, 10, marks="1")],
        history=[Written("graph", n, NOW, "[]", "[]") for n in range(2, 11)],
    )
    go_on(store, "short", [2])
    return store


def seqs(store, run="long"):
    return [row.seq for row in store.history(run)]


def test_live_runs_of_code_with_more_messages_than_are_kept_are_found_by_birth(long):
    assert [each.run for each in long.archive.long(0, 4, 10)] == ["long"]
    assert [each.run for each in long.archive.long(0, 1, 10)] == ["long", "short"]
    assert [each.run for each in long.archive.long(0, 1, 1)] == ["long"]
    (first,) = long.archive.long(0, 4, 1)
    assert [each.run for each in long.archive.long(first.n, 1, 10)] == ["short"]
    assert long.archive.long(0, 10, 10) == []


def test_the_oldest_go_a_slice_at_a_time_with_what_had_ended_before(long):
    (run,) = long.archive.long(0, 4, 1)

    assert long.archive.cut(run, 4, 2) == 2
    assert (seqs(long)[0], len(seqs(long))) == (3, 8)
    assert [row.visit for row in long.steps("long")] == list(range(2, 11))

    assert long.archive.cut(run, 4, 100) == 4
    assert seqs(long) == [7, 8, 9, 10]
    assert [row.visit for row in long.steps("long")] == [6, 7, 8, 9, 10]
    assert [row.visit for row in long.attempts("long")] == [6, 7, 8, 9, 10]
    assert long.archive.cut(run, 4, 100) == 0
    assert long.archive.long(0, 4, 10) == []


def test_nothing_of_others_goes_and_nothing_of_a_run_that_has_ended(long):
    (run,) = long.archive.long(0, 4, 1)
    over_now = Long(run.n, "long")
    apply(long, moved=[moved("long", 10, 11, status="completed", ended_at=LATER)])

    assert long.archive.cut(over_now, 4, 100) == 0
    assert len(seqs(long)) == 10
    assert seqs(long, "short") == [1, 2]
    assert len(seqs(long, "graph")) == 10
