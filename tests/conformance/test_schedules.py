"""Schedules: a row for each, changed where it was read, and births that it goes on with."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.ports.commit import Scheduled
from perdure.ports.rows import ScheduleRow
from tests.conformance.given import NOW, apply, born, moved, only, runs, shown, written


def schedule(name="nightly", **but):
    """A schedule that is due in ten seconds."""
    row = ScheduleRow(name, 5, "order", '{"every":60.0}', 0, 0, 0, NOW, NOW + 10)
    return row._replace(**but)


def going_on(run, name="nightly", **but):
    """A schedule that goes on with the birth of a run."""
    return Scheduled(run, name, 5, 6, NOW + 70, NOW + 10)._replace(**but)


def bear(store, run="r1", scheduled=None, **but):
    return apply(
        store,
        born=[born(run, **but)],
        scheduled=[scheduled or going_on(run)],
        contexts=[(run, "{}")],
        history=[written(run)],
    )


def only_schedule(store):
    (row,) = store.schedules()
    return row


def test_a_schedule_is_shown_as_it_was_written(store):
    row = schedule(
        declared=1, hosted=1, paused=1, next_at=None, last_at=NOW, last_run="r0", skipped=3,
        error="no",
    )  # fmt: skip

    assert store.put_schedule(row, 0)

    assert store.schedules() == [row]


def test_schedules_are_shown_by_name(store):
    for name in ("b", "a", "c"):
        store.put_schedule(schedule(name), 0)

    assert [row.name for row in store.schedules()] == ["a", "b", "c"]


def test_one_that_is_there_is_not_made_again(store):
    store.put_schedule(schedule(), 0)

    assert not store.put_schedule(schedule(workflow="other"), 0)
    assert only_schedule(store).workflow == "order"


def test_it_is_changed_where_it_stands_as_it_was_read(store):
    store.put_schedule(schedule(), 0)

    first = store.put_schedule(schedule(seq=6, paused=1, next_at=None), 5)
    second = store.put_schedule(schedule(seq=6, skipped=1), 5)

    assert (first, second) == (True, False)
    assert only_schedule(store) == schedule(seq=6, paused=1, next_at=None)


def test_one_that_is_gone_is_not_changed(store):
    assert not store.put_schedule(schedule(seq=6), 5)
    assert store.schedules() == []


def test_it_is_dropped_once(store):
    store.put_schedule(schedule(), 0)

    assert [store.drop_schedule("nightly"), store.drop_schedule("nightly")] == [True, False]
    assert store.schedules() == []


def test_what_is_due_is_found_the_most_overdue_first(store):
    times = {"later": NOW + 1, "now": NOW, "b": NOW - 5, "a": NOW - 5, "old": NOW - 9, "no": None}
    for name, at in times.items():
        store.put_schedule(schedule(name, next_at=at), 0)

    assert [row.name for row in store.due_schedules(NOW)] == ["old", "a", "b", "now"]
    assert store.next_schedule(NOW) == NOW + 1
    assert store.next_schedule(NOW + 1) is None


def test_a_run_is_born_and_its_schedule_goes_on(store):
    store.put_schedule(schedule(error="before"), 0)

    done = bear(store)

    assert done.born == {"r1"}
    assert only_schedule(store) == schedule(
        seq=6, next_at=NOW + 70, last_at=NOW + 10, last_run="r1"
    )


@pytest.mark.parametrize("change", ["moved", "dropped"])
def test_a_run_is_not_born_of_a_schedule_that_does_not_stand_as_it_was_read(store, change):
    store.put_schedule(schedule(), 0)
    if change == "moved":
        store.put_schedule(schedule(seq=6, paused=1), 5)
    else:
        store.drop_schedule("nightly")
    before = store.schedules()

    done = bear(store)

    assert done.born == frozenset()
    assert shown(store, "r1") == (None, [], [], [])
    assert store.schedules() == before


@pytest.mark.parametrize("key", ["start_key", "unique_key"])
def test_a_schedule_stays_where_the_key_of_its_run_is_taken(store, key):
    runs(store, "r0", **{key: "k"})
    store.put_schedule(schedule(), 0)

    done = bear(store, **{key: "k"})

    assert done.born == frozenset()
    assert only_schedule(store) == schedule()


def test_a_run_takes_the_unique_key_of_one_that_ends_in_the_same_commit(store):
    runs(store, "r0", unique_key="k")
    store.put_schedule(schedule(), 0)

    done = apply(
        store,
        moved=[moved("r0", status="cancelled", ended_at=NOW)],
        history=[written("r0", 2), written("r1")],
        born=[born("r1", unique_key="k")],
        scheduled=[going_on("r1")],
    )

    assert done.born == {"r1"}
    assert store.by_unique_key("k") == "r1"
    assert only_schedule(store).last_run == "r1"


def test_schedules_and_other_births_of_one_commit_do_not_hang_together(store):
    store.put_schedule(schedule("a"), 0)
    store.put_schedule(schedule("b", seq=9), 0)

    done = apply(
        store,
        born=[born("r1"), born("r2"), born("r3")],
        scheduled=[going_on("r1", "a"), going_on("r2", "b")],
        history=[written(run) for run in ("r1", "r2", "r3")],
    )

    assert done.born == {"r1", "r3"}
    assert [row.seq for row in store.schedules()] == [6, 9]
    assert only(store.load(["r3"])).row.id == "r3"


def test_a_transaction_that_fails_changes_no_schedule(store):
    store.put_schedule(schedule(), 0)

    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.apply(_commit_of_a_birth())
        raise ZeroDivisionError

    assert only_schedule(store) == schedule()


def _commit_of_a_birth():
    from tests.conformance.given import commit

    return commit(born=[born("r1")], scheduled=[going_on("r1")], history=[written("r1")])


def test_a_row_that_no_database_could_keep_is_refused(store):
    with pytest.raises(StoreRefusedError):
        store.put_schedule(schedule(error="a\0b"), 0)

    assert store.schedules() == []
