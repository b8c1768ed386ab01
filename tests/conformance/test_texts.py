"""Texts and numbers come back as they were, or are refused."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.ports.commit import InboxMade
from tests.conformance.given import NOW, apply, born, ended, job, kept, moved, only, runs, timer

ODD = {
    "quotes": "it's \"quoted\" \\ and 'so' on",
    "json": '{"a":[1,2,{"b":null}],"c":"\\u0000 \\ud800"}',
    "json that is not an object": "null",
    "control characters": "".join(map(chr, range(1, 32))) + "\x7f",
    "beyond the basic plane": "😀 \U0010ffff",
    "unassigned and private": "\ufffe\uffff\ue000",
    "combining": "e\u0301 \u202e rtl \u2028",
    "empty": "",
    "blanks": " \t\n ",
    "sql": "'; DROP TABLE runs; --",
    "a number": "007",
    "long": "x" * 300_000,
}


@pytest.mark.parametrize("name", ODD)
def test_odd_text_comes_back_as_it_was(store, name):
    text = ODD[name]
    apply(
        store,
        born=[born("r1", start_key=f"k{text}", cursor=text, error=text)],
        contexts=[("r1", text)],
        jobs_made=[job("r1", text, payload=text)],
        kept_made=[kept("r1", name=text, payload=text)],
        steps=[ended("r1", text, output=text, error=text, meta=text)],
    )
    store.put([InboxMade("r1", text, text, text)])

    found = only(store.load(["r1"]))

    assert (found.row.cursor, found.row.error, found.context) == (text, text, text)
    assert [(row.step, row.payload) for row in found.jobs] == [(text, text)]
    assert [(row.name, row.payload) for row in found.kept] == [(text, text)]
    assert [(row.message, row.payload) for row in found.inbox] == [(text, text)]
    assert store.steps("r1") == [ended("r1", text, output=text, error=text, meta=text)]
    assert store.outputs("r1", [text]) == {text: text}
    assert store.by_start_key(f"k{text}") == "r1"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x\udfff"], ids=["NUL", "high", "low"])
@pytest.mark.parametrize("what", ["context", "step", "message"])
def test_text_that_would_not_come_back_is_refused_and_nothing_is_written(store, text, what):
    runs(store, "r1")
    lists = {
        "context": {"contexts": [("r1", text)]},
        "step": {"steps": [ended("r1", output=text)]},
        "message": {"inbox_made": [InboxMade("r1", text, None, None)]},
    }

    with pytest.raises(StoreRefusedError):
        apply(store, moved=[moved("r1")], **lists[what])

    assert only(store.load(["r1"])).row.seq == 1
    assert only(store.load(["r1"])).context == '{"n":1}'


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_a_message_that_would_not_come_back_is_refused(store, text):
    runs(store, "r1")

    with pytest.raises(StoreRefusedError):
        store.put([InboxMade("r1", "m", None, None), InboxMade("r1", text, None, None)])

    assert not only(store.load(["r1"])).inbox


def test_a_text_that_is_not_known_and_cannot_be_is_simply_not_found(store):
    assert store.load(["a\0b"]) == {}


def test_a_time_that_is_no_number_is_refused(store):
    runs(store, "r1")

    with pytest.raises(StoreRefusedError):
        apply(store, moved=[moved("r1")], timers_made=[timer("r1", "b", due=float("nan"))])

    assert len(only(store.load(["r1"])).timers) == 1


def test_times_and_large_numbers_are_exact(store):
    big, due = (1 << 62) + 1, NOW + 0.000001
    apply(
        store,
        born=[born("r1", created_at=due, deadline=0.1 + 0.2)],
        jobs_made=[job("r1", token=big, visit=big, due=due)],
    )

    found = only(store.load(["r1"]))

    assert (found.row.created_at, found.row.deadline) == (due, 0.1 + 0.2)
    assert [(row.token, row.visit, row.due) for row in found.jobs] == [(big, big, due)]
