"""Places: only so many runs of a workflow live, counted in the commit in which one begins or ends."""

import pytest

from perdure.ports.commit import WaitGone
from perdure.ports.limits import Declared, Entering, LimitRow
from tests.conformance.given import NOW, apply, born, moved, only, wait

TURN = '["Start"]'
SET = LimitRow("order", None, 1, 1, 2, 1)


@pytest.fixture
def limited(store):
    """A store in which two runs of `order` may live."""
    store.limits.put(SET, TURN)
    return store


def entering(*runs, workflow="order"):
    return [Entering(run, workflow) for run in runs]


def begin(store, *runs, **lists):
    """Have runs be born that begin at once."""
    return apply(store, born=[born(run) for run in runs], entering=entering(*runs), **lists)


def line_up(store, *runs, rank=NOW, **but):
    """Have runs be born that wait in line, of this rank."""
    waits = [wait(run, "", 0, kind="line", name="order", due=rank) for run in runs]
    births = [born(run, **({"status": "pending"} | but)) for run in runs]
    return apply(store, born=births, waits_made=waits, admits=TURN)


def end(store, *runs, **lists):
    rows = [moved(run, status="completed", ended_at=NOW) for run in runs]
    return apply(store, moved=rows, admits=TURN, **lists)


def told(store, run):
    return [row.message for row in only(store.load([run])).inbox]


def standing(store):
    (row,) = store.limits.standing()
    return row.live, row.in_line


def test_as_many_begin_as_may_live_and_the_others_are_not_born(limited):
    done = begin(limited, "r1", "r2", "r3")

    assert done.born == {"r1", "r2"}
    (full,) = done.full
    assert (full.run, full.workflow, full.most, full.waits) == ("r3", "order", 2, 1)
    assert full.live == () or set(full.live) <= {"r1", "r2"}
    assert limited.load(["r3"]) == {}


def test_who_is_refused_is_told_which_runs_live(limited):
    begin(limited, "r1", "r2")

    (full,) = begin(limited, "r3").full

    assert full.live == ("r1", "r2")


def test_a_workflow_without_a_limit_has_places_for_all(limited):
    apply(limited, born=[born("x", workflow="other")], entering=entering("x", workflow="other"))
    begin(limited, "r1", "r2")

    assert limited.load(["x"])
    assert standing(limited) == (2, 0)


def test_an_end_frees_the_place_in_its_own_commit(limited):
    begin(limited, "r1", "r2")

    done = end(limited, "r1", born=[born("r3")], entering=entering("r3"))

    assert (done.born, list(done.full)) == ({"r3"}, [])
    assert standing(limited) == (2, 0)


def test_an_end_that_does_not_pass_frees_nothing(limited):
    begin(limited, "r1", "r2")

    rows = [moved("r1", old=7, status="completed", ended_at=NOW)]
    done = apply(limited, moved=rows, born=[born("r3")], entering=entering("r3"))

    assert (done.moved, done.born) == (frozenset(), frozenset())
    assert [full.run for full in done.full] == ["r3"]


def test_a_place_that_is_left_goes_to_the_first_in_line(limited):
    begin(limited, "r1", "r2")
    line_up(limited, "late", rank=NOW + 1)
    line_up(limited, "early", "younger", rank=NOW - 1)

    done = end(limited, "r1")

    assert list(done.told) == ["early"]
    assert told(limited, "early") == [TURN]
    assert [told(limited, run) for run in ("younger", "late")] == [[], []]
    assert standing(limited) == (2, 2)


def test_who_has_been_given_a_place_needs_no_other_one(limited):
    begin(limited, "r1", "r2")
    line_up(limited, "next")
    end(limited, "r1")

    goes = [WaitGone("next", "", 0, "line", 0)]
    done = apply(limited, moved=[moved("next")], entering=entering("next"), waits_gone=goes)

    assert (done.moved, list(done.full)) == ({"next"}, [])
    assert standing(limited) == (2, 0)


def test_nobody_goes_before_those_in_line(limited):
    begin(limited, "r1", "r2")
    line_up(limited, "first")
    limited.limits.put(SET._replace(most=3), TURN)

    done = begin(limited, "r3")

    assert [full.run for full in done.full] == ["r3"]
    assert told(limited, "first") == [TURN]


def test_a_run_in_line_that_is_paused_is_passed_over_until_it_is_resumed(limited):
    begin(limited, "r1", "r2")
    line_up(limited, "paused", rank=NOW - 9)
    line_up(limited, "next")
    apply(limited, moved=[moved("paused", status="pending", paused=1)])

    first = end(limited, "r1")
    second = end(limited, "r2")
    third = apply(limited, moved=[moved("paused", 2, 3, status="pending")], admits=TURN)

    assert (list(first.told), list(second.told), list(third.told)) == (["next"], [], ["paused"])


def test_a_run_in_line_that_ends_takes_no_place(limited):
    begin(limited, "r1", "r2")
    line_up(limited, "gone", rank=NOW - 9)
    line_up(limited, "next")

    end(limited, "gone", waits_gone=[WaitGone("gone", "", 0, "line", 0)])
    done = end(limited, "r1")

    assert list(done.told) == ["next"]


def test_a_lower_limit_lets_live_who_lives_and_admits_nobody_above_it(limited):
    begin(limited, "r1", "r2")
    line_up(limited, "next")
    limited.limits.put(SET._replace(most=1), TURN)

    first, second = end(limited, "r1"), end(limited, "r2")

    assert (list(first.told), list(second.told)) == ([], ["next"])


def test_a_higher_limit_and_none_admit_those_in_line_at_once(limited):
    begin(limited, "r1", "r2")
    line_up(limited, "a", "b", "c")

    higher = limited.limits.put(SET._replace(most=3), TURN)
    lifted = limited.limits.put(SET._replace(most=None), TURN)

    assert (higher, sorted(lifted)) == (["a"], ["b", "c"])
    assert told(limited, "c") == [TURN]


def test_runs_that_lived_before_the_limit_count(store):
    apply(store, born=[born("r1"), born("r2"), born("later", status="pending")])
    apply(store, born=[born("over", status="completed", ended_at=NOW)])
    store.limits.put(SET, TURN)

    assert standing(store) == (2, 0)
    assert [full.run for full in begin(store, "r3").full] == ["r3"]


def test_a_run_that_lives_again_needs_a_place(limited):
    begin(limited, "r1", "r2")
    end(limited, "r1")
    begin(limited, "r3")

    again = apply(limited, moved=[moved("r1", 2, 3)], entering=entering("r1"))
    end(limited, "r2")
    then = apply(limited, moved=[moved("r1", 2, 3)], entering=entering("r1"))

    assert (again.moved, [full.run for full in again.full]) == (frozenset(), ["r1"])
    assert then.moved == {"r1"}


def test_the_parent_of_a_child_that_finds_no_place_does_not_pass(limited):
    apply(limited, born=[born("mother", workflow="other")])
    begin(limited, "r1")
    children = [born(run, parent="mother", of_brood=1, place=n) for n, run in enumerate("abc")]

    done = apply(
        limited, moved=[moved("mother")], offspring=children, entering=entering("a", "b", "c")
    )

    assert (done.moved, done.born) == (frozenset(), frozenset())
    assert [full.run for full in done.full] == ["b", "c"]
    assert standing(limited) == (1, 0)


def test_a_child_in_line_is_born_with_its_parents_move(limited):
    apply(limited, born=[born("mother", workflow="other")])
    begin(limited, "r1")
    child = born("b", parent="mother", of_brood=1, place=1)
    line = wait("c", "", 0, kind="line", name="order", due=NOW)

    done = apply(
        limited,
        moved=[moved("mother")],
        offspring=[child, born("c", parent="mother", of_brood=1, place=2, status="pending")],
        waits_made=[line],
        entering=entering("b"),
        admits=TURN,
    )

    assert done.born == {"b", "c"}
    assert standing(limited) == (2, 1)


def test_a_birth_whose_key_is_taken_is_not_called_full(limited):
    apply(limited, born=[born("r1", start_key="k")], entering=entering("r1"))
    begin(limited, "r2")

    births = [born("r3", start_key="k"), born("r4", unique_key="u"), born("r5", unique_key="u")]
    done = apply(limited, born=births, entering=entering("r3", "r4", "r5"))

    assert [full.run for full in done.full] == ["r4", "r5"]
    assert done.born == frozenset()


def test_what_a_class_declares_holds_until_something_is_set_and_again_after(store):
    first = apply(
        store, limits=[Declared("order", 1, 0), Declared("plain", None, 1)],
        born=[born("r1"), born("r2")], entering=entering("r1", "r2"),
    )  # fmt: skip
    store.limits.put(SET, TURN)
    second = begin(store, "r2", "r3")
    store.limits.put(SET._replace(is_set=0, most=None), TURN)

    assert (first.born, [full.waits for full in first.full]) == ({"r1"}, [0])
    assert second.born == {"r2"}
    (row,) = store.limits.standing()
    assert (row.holds, row.lines_up, row.declared) == (1, False, 1)


def test_a_class_that_declares_nothing_any_more_lets_all_live(store):
    apply(store, limits=[Declared("order", 1, 1)], born=[born("r1")], entering=entering("r1"))
    line_up(store, "next")

    done = apply(store, limits=[Declared("order", None, 1)], admits=TURN)

    assert list(done.told) == ["next"]
    assert begin(store, "r2").born == {"r2"}


def test_a_line_tells_since_when_it_waits(limited):
    begin(limited, "r1", "r2")
    line_up(limited, "next", created_at=NOW - 60)

    (row,) = limited.limits.standing()

    assert row.since == NOW - 60
