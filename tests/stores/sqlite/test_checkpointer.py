"""The log stays short, and commits need not see to it."""

import threading

import pytest

from perdure.stores.sqlite import SqliteStore, checkpointer, room
from perdure.stores.sqlite.turnstile import Turnstile
from tests.conformance.given import apply, born, commit, only

NEVER = 10**9


def write_pages(store, name, pages=60):
    apply(store, born=[born(f"{name} {n}", error="x" * 4000) for n in range(pages)])


def log_bytes(store):
    return store.info()["log_bytes"]


@pytest.fixture
def soon(monkeypatch):
    """A few pages are worth it, and many pages are a long log, in which no room is made."""
    monkeypatch.setattr(checkpointer, "WORTH_PAGES", 40)
    monkeypatch.setattr(checkpointer, "LONG_PAGES", 400)
    monkeypatch.setattr(checkpointer, "TOO_LONG_PAGES", 1200)
    monkeypatch.setattr(room, "YOUNG_PAGES", NEVER)


def test_a_short_log_is_left_alone(store, path):
    write_pages(store, "r", 5)
    before = path.stat().st_size

    store.checkpoint()

    assert path.stat().st_size == before


@pytest.mark.usefixtures("soon")
def test_the_pages_of_a_log_that_is_worth_it_are_moved_into_the_file(store, path):
    write_pages(store, "r")
    before = path.stat().st_size

    store.checkpoint()

    assert path.stat().st_size > before + 60 * 4096


@pytest.mark.usefixtures("soon")
def test_a_log_does_not_grow_without_bound(store):
    for number in range(30):
        write_pages(store, number)
        store.checkpoint()

    assert log_bytes(store) < 2 * 200 * 4120
    assert only(store.load(["29 59"])).row.seq == 1


@pytest.mark.usefixtures("soon")
def test_without_checkpoints_it_would(store):
    for number in range(30):
        write_pages(store, number)

    assert log_bytes(store) > 30 * 60 * 4120


@pytest.mark.usefixtures("soon")
def test_it_does_not_grow_either_while_commits_go_on_beside(store):
    stop, begins = threading.Event(), threading.Semaphore(0)

    def keep_moving():
        while not stop.is_set():
            begins.release()
            store.checkpoint()

    thread = threading.Thread(target=keep_moving)
    thread.start()
    try:
        for number in range(60):
            assert begins.acquire(timeout=60), "nothing moves any more"
            write_pages(store, number)
    finally:
        stop.set()
        thread.join()

    assert log_bytes(store) < 60 * 60 * 4120 / 2


@pytest.mark.usefixtures("soon")
def test_another_processs_turn_is_not_waited_for_before_the_log_is_much_too_long(store, path):
    write_pages(store, "r", 250)
    other = Turnstile(path)
    other.enter()

    store.checkpoint()  # comes back, though the other one never leaves

    other.close()
    assert log_bytes(store) > 250 * 4120


@pytest.mark.usefixtures("soon")
def test_a_reader_in_the_middle_of_the_log_keeps_its_moment(store):
    write_pages(store, "before")
    with store._database.snapshot() as db:
        seen = db.execute("SELECT count(*) FROM runs").fetchall()
        for number in range(5):
            write_pages(store, number)
            store.checkpoint()
        still = db.execute("SELECT count(*) FROM runs").fetchall()

    assert seen == still == [(60,)]


@pytest.mark.usefixtures("soon")
def test_two_processes_may_both_move_pages(store, path):
    other = SqliteStore(path)
    write_pages(store, "ours")
    write_pages(other, "theirs")

    store.checkpoint()
    other.checkpoint()

    assert other.load(["ours 0"]).keys() == {"ours 0"}
    other.close()


@pytest.mark.usefixtures("soon")
def test_a_log_that_was_moved_is_worth_it_again_when_it_has_started_afresh(store, path):
    for number in range(12):
        write_pages(store, number)
        store.checkpoint()
    size = path.stat().st_size
    for number in range(2):
        write_pages(store, f"more {number}")
        store.checkpoint()

    assert path.stat().st_size > size


def test_a_commit_tells_how_long_the_log_is(store):
    apply(store, commit(born=[born("r1")]))

    assert store._database._checkpointer.pages > 0
