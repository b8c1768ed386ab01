"""Loops and visits as text: what is written of one is what is read."""

from perdure.kernel import history
from perdure.kernel.run import Rest
from perdure.kernel.scopes import Scope
from perdure.runtime.packing import (
    collected,
    dump_scopes,
    dump_visits,
    load_scopes,
    load_visits,
    scope_row,
)
from perdure.wire.encoding import decode, encode

FULL = Scope(
    visit=2, attempt=3, count=9, at=4.0, left_out=1, begun=5, open=2, again=(1, 3), failed=(4,),
    kind="oops", error="it broke", is_over=True,
)  # fmt: skip
ENDED = history.ScopeEnded("each", 2, 1, 9, 4.0)


def test_loops_come_back_whole_but_for_what_is_open():
    plain = Scope(visit=1, attempt=1, count=0, at=0.0)
    back, rests = load_scopes(dump_scopes({"each": FULL, "a": plain}, {}))

    assert rests == {}

    assert list(back) == ["a", "each"]
    assert back["a"] == plain
    assert back["each"] == Scope(
        visit=2, attempt=3, count=9, at=4.0, left_out=1, begun=5, open=0, again=(1, 3),
        failed=(4,), kind="oops", error="it broke", is_over=True,
    )  # fmt: skip


def test_visits_come_back_with_the_keys_of_those_that_come_again():
    for visits, keys in (({}, {}), ({"a": 2}, {}), ({"a": 2, "b": 1}, {"a": [[3, 1, 1]]})):
        assert load_visits(dump_visits(visits, keys)) == (visits, keys)
    assert dump_visits({"a": 2}, {}) == '{"a":2}'


def test_a_run_without_loops_and_rests_has_no_text():
    assert dump_scopes({}, {}) is None
    assert load_scopes(None) == ({}, {})


def test_visits_that_rest_come_back_beside_the_loops():
    rests = {"wait": Rest(2, 1, 4.5, 3), "each[0]": Rest(1, 2, 4.0)}

    assert load_scopes(dump_scopes({"each": FULL}, rests))[1] == rests
    assert load_scopes(dump_scopes({}, rests)) == ({}, rests)


def test_a_loop_that_ended_refers_to_its_items():
    row = scope_row("run_1", ENDED, 7.0)

    assert (row.step, row.visit, row.status, row.started_at, row.ended_at) == (
        "each", 2, "completed", 4.0, 7.0
    )  # fmt: skip
    assert (row.output, row.error, decode(row.meta)) == ('{"items":9}', None, {"items": 9})


def test_a_loop_that_failed_says_why_and_what_it_left_out():
    row = scope_row("run_1", history.ScopeEnded("each", 2, 1, 9, 4.0, 3, "oops", "it broke"), 7.0)

    assert (row.status, row.output) == ("failed", None)
    assert decode(row.error) == {"kind": "oops", "type": "oops", "message": "it broke"}
    assert decode(row.meta) == {"items": 9, "left_out": 3}


def test_a_failed_item_stands_in_the_result_with_its_error():
    error = encode({"kind": "oops", "type": "Oops", "message": "it broke", "traceback": "..."})

    assert decode(collected(error)) == {"error": {"kind": "oops", "message": "it broke"}}
