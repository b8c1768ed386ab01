"""A wait has a row for each way out of it, and broadcasts find those that they are for."""

import pytest

from perdure.ports.commit import WaitGone
from perdure.ports.rows import Announced
from tests.conformance.given import NOW, apply, born, kept, moved, only, runs, wait


def announced(name="go", **but):
    return Announced(name, "m", '{"p":1}', None, None, NOW)._replace(**but)


def any_wait(run="r1"):
    """A wait for a signal or an event: two ways of one name among them."""
    return [
        wait(run, name="paid", accepts="{}", then="b"),
        wait(run, name="off", key="k1", way=1),
        wait(run, name="off", key="k2", way=2, then="c"),
        wait(run, name="arrived", kind="event", key="7", match='{"n":1}', way=3),
    ]


def test_a_wait_has_a_row_for_each_way_out_and_they_come_back_as_they_were(store):
    apply(store, born=[born("r1")], waits_made=any_wait())

    rows = sorted(only(store.load(["r1"])).waits, key=lambda row: row.way)

    assert [row.name for row in rows] == ["paid", "off", "off", "arrived"]
    assert [(row.kind, row.key, row.match) for row in rows[2:]] == [
        ("signal", "k2", None),
        ("event", "7", '{"n":1}'),
    ]
    assert [(row.accepts, row.then) for row in rows[:3]] == [("{}", "b"), (None, None), (None, "c")]


def test_the_ways_of_a_wait_go_together_and_each_kind_must_still_be_there(store):
    apply(store, born=[born("r1")], waits_made=any_wait())
    gone = [WaitGone("r1", "a", 1, "signal", 1), WaitGone("r1", "a", 1, "event", 1)]

    first = apply(store, moved=[moved("r1")], waits_gone=gone)
    second = apply(store, moved=[moved("r1", 2, 3)], waits_gone=gone)

    assert (set(first.moved), set(second.moved)) == ({"r1"}, set())
    assert only(store.load(["r1"])).waits == ()


@pytest.mark.parametrize(
    ("kind", "name", "key", "reached"),
    [
        ("signal", "arrived", None, []),
        ("signal", "off", "k2", [("r1", "signal")]),
        ("event", "arrived", "7", [("r1", "event"), ("r2", "event")]),
        ("event", "arrived", "8", [("r2", "event")]),
        ("event", "off", "k1", []),
    ],
)
def test_an_event_reaches_waits_for_its_entity_or_for_any_and_no_signals(
    store, kind, name, key, reached
):
    apply(store, born=[born("r1")], waits_made=any_wait())
    apply(store, born=[born("r2")], waits_made=[wait("r2", name="arrived", kind="event")])

    found, *_ = store.deliver(store.announce(announced(name=name, key=key, kind=kind)), 10)

    assert found == reached


def test_an_event_reaches_runs_that_may_come_to_wait_for_it_each_once_and_in_order(store):
    made = [
        [wait("r1", name="event:due", kind="coming"), wait("r1", name="due", kind="coming")],
        [wait("r2", name="due", kind="event")],
        [wait("r3", name="event:due", kind="coming"), wait("r3", "b", name="due", kind="event")],
    ]
    for number, rows in enumerate(made, 1):
        apply(store, born=[born(f"r{number}")], waits_made=rows)
    number = store.announce(announced(name="due", key="7", kind="event"))

    slices = [store.deliver(number, 2)[:2], store.deliver(number, 2)[:2]]

    assert slices == [([("r1", "coming"), ("r2", "event")], True), ([("r3", "event")], False)]
    signal = store.announce(announced(name="due"))
    assert store.deliver(signal, 10)[:2] == ([("r1", "coming")], False)


def test_a_broadcast_reaches_runs_whose_context_has_what_it_wants(store):
    texts = ['{"n":1,"a b":"x"}', '{"n":2,"a b":"x"}', '{"a b":"x"}', '{"n":"1","a b":"x"}']
    for number, text in enumerate(texts):
        run = f"r{number}"
        apply(store, born=[born(run)], waits_made=[wait(run)], contexts=[(run, text)])

    reached, *_ = store.deliver(store.announce(announced(match='{"n":1,"a b":"x"}')), 10)

    assert [run for run, _ in reached] == ["r0"]


def test_a_broadcast_does_not_reach_runs_that_were_born_since(store):
    runs(store, "r1")
    number = store.announce(announced())
    runs(store, "r2")

    reached, more, *_ = store.deliver(number, 10)

    assert ([run for run, _ in reached], more) == (["r1"], False)


def test_what_is_kept_says_what_it_is_and_what_it_wants(store):
    apply(store, born=[born("r1")], kept_made=[kept("r1", kind="event", match='{"n":1}')])

    (row,) = only(store.load(["r1"])).kept
    assert (row.kind, row.match) == ("event", '{"n":1}')
