"""The run: what is open, what it calls for, and what a loaded one is made of."""

from dataclasses import fields, replace

import pytest

from perdure.kernel.brood import Brood
from perdure.kernel.plan import PlanKind
from perdure.kernel.run import (
    Attempt,
    Failure,
    Kept,
    Mark,
    Rest,
    Run,
    Sleeping,
    Status,
    Waiting,
    broken_steps,
    derive_needs,
    drop_scope,
    is_item,
    pack_marks,
    place_scope,
    unpack_marks,
)
from perdure.kernel.scopes import Scope
from perdure.kernel.ways import CHILDREN, Way
from tests.kernel.scenes import LONG, NOW, diamond, each, graph, machine, spread, step

WAITING = Waiting(visit=1, name="approved")
FULL = Run(
    id="run_1",
    status=Status.RUNNING,
    paused=True,
    cursor="a",
    allowance=60.0,
    in_line=True,
    starts_at=4.0,
    deadline=5.0,
    failure=Failure("a", "oops", "it broke"),
    visits={"a": 2},
    keys={"a": [[2, 1, 1]]},
    open={"a": Attempt(2, 1, NOW)},
    kept=[Kept(7, "approved")],
    brood=Brood(1, 2, 1),
    marks=[Mark.DONE],
    lacks=[1],
    ready=[0],
    scopes={"a": Scope(visit=1, attempt=1, count=2, at=NOW)},
    hungry=["a"],
    finished=["b"],
    rests={"c": Rest(1, 1, NOW)},
    pending=3,
    working=1,
)


@pytest.mark.parametrize("status", Status)
def test_a_run_has_ended_when_it_is_completed_failed_or_cancelled(status):
    ended = status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)

    assert status.ended is ended
    assert Run(id="run_1", status=status).ended is ended


def test_a_new_run_has_not_begun_and_nothing_is_open():
    run = Run(id="run_1")

    assert run.status is Status.PENDING
    assert (run.open, run.visits, run.kept, run.marks, run.ready) == ({}, {}, [], [], [])
    assert (run.paused, run.cursor, run.deadline, run.failure) == (False, None, None, None)


def test_visits_are_numbered_from_one_and_counted_over_all_steps():
    run = Run(id="run_1", visits={"a": 2, "b": 1})

    assert run.next_visit("a") == 3
    assert run.next_visit("new") == 1
    assert run.begun == 3


def test_attempts_are_the_open_visits_that_have_work_to_do():
    first, later = Attempt(1, 1, NOW), Attempt(1, 2, LONG)
    run = Run(id="run_1", open={"a": first, "b": Sleeping(1, LONG, "b"), "c": WAITING, "d": later})

    assert list(run.attempts()) == [("a", first), ("d", later)]


@pytest.mark.parametrize(
    ("open_", "resting"),
    [
        ({}, False),
        ({"a": Attempt(1, 1, NOW)}, False),
        ({"a": Attempt(1, 2, NOW + 1)}, True),
        ({"a": Sleeping(1, NOW - 1, "a")}, True),
        ({"a": WAITING}, True),
        ({"a": WAITING, "b": Attempt(1, 1, NOW)}, False),
    ],
)
def test_a_run_rests_when_all_that_is_open_waits_for_time_or_a_signal(open_, resting):
    assert Run(id="run_1", open=open_).is_resting(NOW) is resting


def test_a_copy_is_equal_in_every_field():
    empty = Run(id="")
    bare = [f.name for f in fields(Run) if getattr(FULL, f.name) == getattr(empty, f.name)]

    assert FULL.copy() == FULL
    assert not bare, "this test's run says nothing about these fields"


@pytest.mark.parametrize(
    "name", [f.name for f in fields(Run) if isinstance(getattr(FULL, f.name), dict | list)]
)
def test_a_copy_shares_nothing_that_can_change(name):
    before = replace(FULL)
    copy = FULL.copy()
    getattr(copy, name).clear()

    assert getattr(FULL, name)
    assert before == FULL


def test_a_graph_that_was_loaded_is_ready_for_what_its_needs_allow():
    run = Run(id="run_1", status=Status.RUNNING, marks=[1, 1, 0, 0])
    derive_needs(diamond(), run)

    assert run.lacks == [0, 0, 0, 1]
    assert run.ready == [2]
    assert (run.pending, run.working) == (2, 0)


def test_a_step_that_is_open_is_not_ready_again():
    run = Run(id="run_1", status=Status.RUNNING, marks=[1, 0, 0, 0])
    run.open = {"left": Attempt(1, 2, LONG), "other": Attempt(1, 1, NOW)}
    derive_needs(diamond(), run)

    assert run.lacks == [0, 0, 0, 2]
    assert run.ready == [2]
    assert (run.pending, run.working) == (3, 2)


def test_every_mark_but_pending_is_an_end():
    plan = graph(step("a"), step("b"), step("c"), step("d"), step("e", "a", "b", "c", "d"))
    run = Run(id="run_1", marks=[Mark.DONE, Mark.SKIPPED, Mark.BROKEN, Mark.PENDING, 0])
    derive_needs(plan, run)

    assert run.lacks == [0, 0, 0, 0, 1]
    assert (run.ready, run.pending) == ([3], 2)


def test_a_machine_that_was_loaded_has_its_work_counted_and_no_agenda():
    plan = machine("a", "b")
    run = Run(id="run_1", status=Status.RUNNING, cursor="a", open={"a": Attempt(1, 1, NOW)})
    derive_needs(plan, run)

    assert plan.kind is PlanKind.MACHINE
    assert (run.working, run.pending, run.lacks, run.ready) == (1, 0, [], [])


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ([], ""),
        ([0], "0"),
        ([1], "1"),
        ([0, 1], "4"),
        ([3, 2], "b"),
        ([0, 0, 1], "10"),
        ([1, 2, 3, 0, 1, 0, 0], "139"),
        ([Mark.DONE, Mark.SKIPPED], "9"),
    ],
)
def test_marks_are_two_bits_a_step_with_the_first_step_lowest(marks, text):
    assert pack_marks(marks) == text
    assert unpack_marks(text, len(marks)) == marks


def test_the_marks_of_a_very_wide_run_come_back():
    marks = [number % 4 for number in range(20_001)]

    assert unpack_marks(pack_marks(marks), len(marks)) == marks


def test_marks_that_were_never_written_are_pending():
    assert unpack_marks("", 3) == [Mark.PENDING] * 3


def test_broken_steps_are_named_in_the_order_of_the_plan():
    assert broken_steps(diamond(), [1, 3, 2, 3]) == ["left", "bottom"]


def test_the_ways_of_a_wait_begin_with_its_own():
    other = Way(name="off")
    wait = Waiting(visit=1, name="paid", also=(other,))

    assert wait.ways == (wait, other)
    assert wait.children is None


def test_one_of_the_ways_may_be_for_children():
    way = Way(name="", kind=CHILDREN)

    assert Waiting(visit=1, name="paid", also=(Way(name="off"), way)).children is way


# -- loops -----------------------------------------------------------------------------------
def test_a_run_that_was_loaded_knows_how_many_items_of_a_loop_are_open():
    scene = spread()
    run = scene.run.copy()
    run.scopes["each"] = replace(run.scopes["each"], open=9)
    run.hungry, run.finished = ["x"], ["y"]

    derive_needs(scene.plan, run)

    assert run == scene.run


def test_a_loop_is_on_the_agenda_while_there_is_something_to_do_and_once():
    plan, run = each(window=1), Run(id="run_1")
    scope = Scope(visit=1, attempt=1, count=1, at=0.0)

    place_scope(plan, run, "each", scope)
    place_scope(plan, run, "each", scope)
    assert (run.hungry, run.finished) == (["each"], [])
    place_scope(plan, run, "each", scope.with_begun(0))
    assert (run.hungry, run.finished) == ([], [])
    place_scope(plan, run, "each", scope.with_begun(0).with_ended())
    assert (run.hungry, run.finished) == ([], ["each"])
    drop_scope(run, "each")
    assert (run.hungry, run.finished, run.scopes) == ([], [], {})


def test_a_copy_has_loops_of_its_own():
    run = spread().run
    copy = run.copy()
    drop_scope(copy, "each")
    copy.hungry.append("x")

    assert (list(run.scopes), run.hungry) == (["each"], [])


def test_an_item_is_told_by_its_path():
    assert is_item("each[3]")
    assert not is_item("each")
