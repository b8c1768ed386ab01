"""Ids: they sort by time, say what they name, and never repeat."""

import threading

import pytest

from perdure import ids
from perdure.ids import child_id, named_id, new_id

NOW = 1_700_000_000.0


@pytest.fixture(autouse=True)
def _unused(monkeypatch):
    """Have each test begin as a new process does, and leave no mark on this one."""
    monkeypatch.setattr(ids, "_last", 0)


def test_an_id_says_what_it_names_and_has_26_characters():
    prefix, _, rest = new_id("run", NOW).partition("_")

    assert prefix == "run"
    assert len(rest) == 26
    assert set(rest) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_ids_sort_by_the_time_they_were_made():
    made = [new_id("run", NOW + 0.001 * n) for n in range(500)]

    assert made == sorted(made)
    assert len(set(made)) == 500


def test_ids_of_one_moment_sort_by_the_order_they_were_made():
    made = [new_id("run", NOW) for _ in range(500)]

    assert made == sorted(made)
    assert len(set(made)) == 500


def test_a_clock_that_goes_back_makes_no_smaller_id():
    first = new_id("run", NOW)
    second = new_id("run", NOW - 3600)

    assert second > first


def test_two_processes_that_start_at_one_moment_make_different_ids(monkeypatch):
    first = new_id("run", NOW)
    monkeypatch.setattr(ids, "_last", 0)
    second = new_id("run", NOW)

    assert first[:17] == second[:17]
    assert first != second


def test_the_time_can_be_read_from_an_id():
    text = new_id("run", NOW).partition("_")[2]
    number = 0
    for letter in text:
        number = number * 32 + ids._ALPHABET.index(letter)

    assert number >> 80 == NOW * 1000


def test_threads_never_share_an_id():
    made = []
    threads = [
        threading.Thread(target=lambda: made.extend(new_id("run", NOW) for _ in range(200)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    stamps = {name[:17] for name in made}
    assert len(set(made)) == 1600
    assert len(stamps) > 1


def test_a_childs_id_follows_from_the_visit_that_starts_it():
    parent = new_id("run", 1.7e9)

    first = child_id(parent, "split", 1, 0)

    assert first == child_id(parent, "split", 1, 0)
    others = {child_id(parent, "split", 1, 1), child_id(parent, "split", 2, 0), parent}
    assert first not in others
    assert len(first) == len(parent)
    assert first[:14] == parent[:14]


def test_the_child_of_an_id_of_another_make_has_no_time():
    assert child_id("run-7", "a", 1, 0).startswith("run-7_0000000000")


def test_a_name_has_one_id_which_sorts_by_its_time():
    one = named_id("evt", "due", "5", at=NOW)

    assert one == named_id("evt", "due", "5", at=NOW)
    assert one != named_id("evt", "due", 5, at=NOW)
    assert len(one) == len(new_id("evt", NOW))
    assert one < named_id("evt", "due", "5", at=NOW + 1)
    assert named_id("evt", "due", "5").startswith("evt_0000000000")
