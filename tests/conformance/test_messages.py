"""Messages are accepted once, broadcasts reach each run that waits once."""

import pytest

from perdure.errors import RunNotFoundError
from perdure.ports.commit import InboxMade
from perdure.ports.rows import Announced
from tests.conformance.given import NOW, apply, born, commit, moved, only, runs, wait


def told(run, key=None, message="m"):
    return InboxMade(run, message, '{"p":1}', key)


def test_messages_are_kept_in_the_order_they_were_accepted(store):
    runs(store, "r1")

    ids = store.put([told("r1", message=message) for message in ("z", "a", "m")])

    found = only(store.load(["r1"])).inbox
    assert [row.message for row in found] == ["z", "a", "m"]
    assert [row.id for row in found] == ids == sorted(ids)


def test_a_message_is_accepted_once_for_a_key(store):
    runs(store, "r1", "r2")

    got = store.put([told("r1", "k"), told("r1", "k"), told("r2", "k"), told("r1"), told("r1")])

    assert [number is None for number in got] == [False, True, False, False, False]
    assert len(store.load(["r1"])["r1"].inbox) == 3


def test_a_key_stays_used_when_its_message_was_applied(store):
    runs(store, "r1")
    (number,) = store.put([told("r1", "k")])
    apply(store, moved=[moved("r1")], inbox_gone=[("r1", number)])

    assert store.put([told("r1", "k")]) == [None]


def test_the_number_of_a_message_is_never_used_again(store):
    runs(store, "r1")
    (first,) = store.put([told("r1")])
    apply(store, inbox_done=[first])

    (second,) = store.put([told("r1")])

    assert second > first


def test_a_message_for_an_unknown_run_is_refused_with_all_beside_it(store):
    runs(store, "r1")

    with pytest.raises(RunNotFoundError, match="nobody"):
        store.put([told("r1", "k"), told("nobody")])

    assert not only(store.load(["r1"])).inbox
    assert store.put([told("r1", "k")]) != [None]


def test_nothing_put_is_nothing_accepted(store):
    assert store.put([]) == []


def test_runs_with_messages_are_found_the_oldest_message_first(store):
    runs(store, "r1", "r2", "r3")
    store.put([told("r3"), told("r1"), told("r3"), told("r2")])

    assert store.inbox_runs(10) == ["r3", "r1", "r2"]
    assert store.inbox_runs(2) == ["r3", "r1"]


# -- broadcasts -----------------------------------------------------------------------------------


def announced(name="go", **but):
    return Announced(name, "m", '{"p":1}', None, None, NOW)._replace(**but)


def messages(store, *ids):
    return {run: len(loaded.inbox) for run, loaded in store.load(ids).items()}


def test_a_broadcast_reaches_every_run_that_waits_for_its_name(store):
    runs(store, "r1", "r2")
    apply(store, born=[born("r3"), born("r4")], waits_made=[wait("r4", name="other")])

    reached, more, *_ = store.deliver(store.announce(announced()), 10)

    assert (reached, more) == ([("r1", "signal"), ("r2", "signal")], False)
    assert messages(store, "r1", "r2", "r3", "r4") == {"r1": 1, "r2": 1, "r3": 0, "r4": 0}
    (row,) = store.load(["r1"])["r1"].inbox
    assert (row.message, row.payload) == ("m", '{"p":1}')


def test_a_broadcast_takes_no_wait(store):
    """The run takes its wait itself, when it applies the message."""
    runs(store, "r1")

    store.deliver(store.announce(announced()), 10)

    assert len(only(store.load(["r1"])).waits) == 1


def test_a_run_with_several_waits_of_the_name_is_reached_once_as_one_that_waits(store):
    waits = [wait("r1", "a", kind="coming"), wait("r1", "b"), wait("r1", "c", kind="coming")]
    apply(store, born=[born("r1")], waits_made=waits)

    reached, *_ = store.deliver(store.announce(announced()), 10)

    assert reached == [("r1", "signal")]
    assert messages(store, "r1") == {"r1": 1}


def test_a_run_whose_wait_is_to_come_is_told_so(store):
    apply(store, born=[born("r1")], waits_made=[wait("r1", kind="coming")])

    reached, *_ = store.deliver(store.announce(announced()), 10)

    assert reached == [("r1", "coming")]


def test_a_workflow_and_a_key_narrow_a_broadcast(store):
    waits = [
        wait("plain"),
        wait("keyed", key="k1"),
        wait("other key", key="k2"),
        wait("other workflow", key="k1", workflow="ship"),
    ]
    apply(store, born=[born(row.run) for row in waits], waits_made=waits)

    def reach(**narrowed):
        found, *_ = store.deliver(store.announce(announced(**narrowed)), 10)
        return {run for run, _ in found}

    assert reach() == {"plain", "keyed", "other key", "other workflow"}
    assert reach(key="k1") == {"keyed", "other workflow"}
    assert reach(workflow="order") == {"plain", "keyed", "other key"}
    assert reach(workflow="order", key="k1") == {"keyed"}
    assert reach(key="k3") == set()


@pytest.mark.parametrize("key", [None, "k"])
@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_a_broadcast_in_slices_reaches_each_run_once(store, most, key):
    names = [f"r{number}" for number in range(7)]
    apply(store, born=[born(n) for n in names], waits_made=[wait(n, key="k") for n in names])
    number = store.announce(announced(key=key))

    slices, more = [], True
    while more:
        reached, more, *_ = store.deliver(number, most)
        slices.append([run for run, _ in reached])

    assert [run for part in slices for run in part] == names
    assert max(map(len, slices)) == min(most, 7)
    assert messages(store, *names) == dict.fromkeys(names, 1)


def test_a_broadcast_goes_on_where_a_crash_left_it(store):
    names = ["r1", "r2", "r3"]
    runs(store, *names)
    first = store.announce(announced())
    second = store.announce(announced("nobody waits for this"))
    store.deliver(first, 2)

    left = store.undelivered()
    reached, more, *_ = store.deliver(first, 2)

    assert left == [first, second]
    assert (reached, more) == ([("r3", "signal")], False)
    assert store.undelivered() == [second]
    assert messages(store, *names) == dict.fromkeys(names, 1)


def test_a_broadcast_that_nobody_waits_for_is_forgotten_when_delivered(store):
    number = store.announce(announced())

    assert store.undelivered() == [number]
    assert store.deliver(number, 10) == ([], False, [], False)
    assert store.undelivered() == []


def test_a_broadcast_that_is_wholly_delivered_reaches_nobody_again(store):
    runs(store, "r1")
    number = store.announce(announced())
    store.deliver(number, 10)

    assert store.deliver(number, 10) == ([], False, [], False)
    assert messages(store, "r1") == {"r1": 1}


def test_the_number_of_a_broadcast_is_never_used_again(store):
    first = store.announce(announced())
    store.deliver(first, 10)

    assert store.announce(announced()) > first


def test_messages_and_broadcasts_come_with_all_else_that_a_transaction_writes(store):
    """A caller's own transaction only inserts."""
    runs(store, "r1")

    with store.transaction() as tx:
        tx.apply(commit(born=[born("r2", status="pending")], inbox_made=[told("r2")]))
        ids = tx.put([told("r1", "k"), told("r1", "k")])
        tx.put([])
        number = tx.announce(Announced("go", "m", None, None, None, NOW))

    assert [number is None for number in ids] == [False, True]
    assert [len(store.load([run])[run].inbox) for run in ("r1", "r2")] == [1, 1]
    assert store.undelivered() == [number]


def test_nothing_of_them_is_there_where_the_transaction_is_rolled_back(store):
    runs(store, "r1")

    with pytest.raises(RunNotFoundError, match="nobody"), store.transaction() as tx:
        tx.apply(commit(born=[born("r2")], inbox_made=[told("r2")]))
        tx.announce(Announced("go", "m", None, None, None, NOW))
        tx.put([told("r1", "k"), told("nobody")])

    assert list(store.load(["r1", "r2"])) == ["r1"]
    assert not only(store.load(["r1"])).inbox
    assert store.undelivered() == []
    assert store.put([told("r1", "k")]) != [None]
