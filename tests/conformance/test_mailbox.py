"""What nobody waits for with its key is kept, and brought to the first wait that begins with it."""

import pytest

from perdure.ports.broadcasts import Call, Reached
from perdure.ports.rows import Announced
from tests.conformance.given import NOW, apply, born, moved, only, runs, wait

UNTIL = NOW + 100


def announced(key="k", **but):
    row = Announced("go", "m", '{"p":1}', None, key, NOW, until=UNTIL)
    return row._replace(**but)


def mail(store, **but):
    return store.deliver(store.announce(announced(**but)), 10).mailed


def called(store, run="r1", *, now=NOW, since=0.0, key="k"):
    """Have a run begin a wait with a key, and return what was told, and what is in its inbox."""
    call = Call(run, "go", key, "order", since)
    done = apply(store, now=now, born=[born(run)], waits_made=[wait(run, key=key)], calls=[call])
    return list(done.told), [row.message for row in store.load([run])[run].inbox]


def test_what_nobody_waits_for_is_kept_and_brought_to_the_wait(store):
    assert mail(store)
    (letter,) = store.letters(10)

    told, inbox = called(store)

    assert (letter.name, letter.key, letter.payload, letter.until) == ("go", "k", '{"p":1}', UNTIL)
    assert (told, inbox) == (["r1"], ["m"])
    assert store.letters(10) == []


def test_who_waits_has_it_and_nothing_is_kept(store):
    apply(store, born=[born("r1")], waits_made=[wait("r1", key="k")])

    assert not mail(store)
    assert store.letters(10) == []


def test_without_a_time_to_keep_it_for_it_is_forgotten(store):
    assert not mail(store, until=None)
    assert store.letters(10) == []


def test_all_of_them_come_in_their_order_and_go_to_one_run(store):
    for message in ("z", "a", "m"):
        mail(store, message=message)
    calls = [Call(run, "go", "k", "order", 0.0) for run in ("r1", "r2")]
    made = [wait("r1", key="k"), wait("r2", key="k")]

    done = apply(store, born=[born("r1"), born("r2")], waits_made=made, calls=calls)

    assert list(done.told) == ["r1"]
    assert [row.message for row in store.load(["r1"])["r1"].inbox] == ["z", "a", "m"]
    assert store.load(["r2"])["r2"].inbox == ()


@pytest.mark.parametrize(
    ("but", "call"),
    [
        ({}, {"key": "other"}),
        ({"name": "stop"}, {}),
        ({"workflow": "ship"}, {}),
        ({"match": '{"n":2}'}, {}),
        ({}, {"now": UNTIL}),
        ({}, {"since": NOW + 1}),
    ],
)
def test_what_is_not_for_the_wait_stays_where_it_is(store, but, call):
    mail(store, **but)

    assert called(store, **call) == ([], [])
    assert len(store.letters(10)) == 1


def test_a_context_that_has_what_it_wants_gets_it(store):
    mail(store, match='{"n":1}', workflow="order")
    call = Call("r1", "go", "k", "order", NOW)

    apply(
        store, born=[born("r1")], waits_made=[wait("r1", key="k")], calls=[call],
        contexts=[("r1", '{"n":1}')],
    )  # fmt: skip

    assert len(only(store.load(["r1"])).inbox) == 1


def test_a_run_that_does_not_pass_the_fence_gets_nothing(store):
    runs(store, "r1")
    mail(store)

    done = apply(store, moved=[moved("r1", 7, 8)], calls=[Call("r1", "go", "k", "order", 0.0)])

    assert (list(done.told), len(store.letters(10))) == ([], 1)


def test_what_is_over_goes_when_something_comes(store):
    mail(store)
    mail(store, at=UNTIL, until=UNTIL + 1, message="later")

    assert [letter.message for letter in store.letters(10)] == ["later"]


# -- who refuses -----------------------------------------------------------------------------------
def test_each_run_is_asked_with_what_its_ways_want_and_those_that_refuse_get_nothing(store):
    apply(store, born=[born(f"r{n}") for n in range(4)], waits_made=[
        wait("r0"), wait("r1", accepts="{}"), wait("r1", "b"), wait("r2", kind="coming"),
        wait("r3", match="{}"),
    ])  # fmt: skip
    asked = []

    def refuse(reached, payload):
        asked.append((reached, payload))
        return "no" if reached.run in ("r0", "r2") else ""

    done = store.deliver(store.announce(announced(None, until=None)), 10, refuse)

    assert done.runs == [("r1", "signal"), ("r3", "signal")]
    assert (done.refused, done.more) == ([("r0", "no"), ("r2", "no")], False)
    assert asked[1] == (Reached("r1", "signal", "plan_a", '[[null,"{}"],null]'), '{"p":1}')
    assert [reached.ways for reached, _ in asked] == [
        "[null]", '[[null,"{}"],null]', "[]", '[["{}",null]]',
    ]  # fmt: skip
    assert store.load(["r0"])["r0"].inbox == ()


def test_a_signal_that_all_refuse_is_for_somebody_and_not_kept(store):
    apply(store, born=[born("r1")], waits_made=[wait("r1", key="k")])

    done = store.deliver(store.announce(announced()), 10, lambda *_: "no")

    assert (done.refused, done.mailed, store.letters(10)) == ([("r1", "no")], False, [])
