"""Processes take turns."""

import os
import threading

import pytest

from perdure.errors import StoreBusyError
from perdure.stores.sqlite import turnstile
from perdure.stores.sqlite.turnstile import Turnstile

pytestmark = pytest.mark.skipif(turnstile.fcntl is None, reason="there is no flock here")


@pytest.fixture
def two(tmp_path):
    """The turnstile as two processes have it: with descriptors of their own."""
    both = Turnstile(tmp_path / "p.db"), Turnstile(tmp_path / "p.db")
    yield both
    for one in both:
        one.close()


def is_free_for(one):
    try:
        one.try_enter()
    except StoreBusyError:
        return False
    one.leave()
    return True


def test_one_at_a_time_has_the_turn(two):
    one, other = two
    one.enter()

    while_it_has = is_free_for(other)
    one.leave()

    assert not while_it_has
    assert is_free_for(other)


def test_who_waits_is_next(two, tmp_path):
    one, other = two
    third = Turnstile(tmp_path / "p.db")
    order = []

    def wait_for_it():
        other.enter()
        order.append("other")
        other.leave()

    one.enter()
    thread = threading.Thread(target=wait_for_it)
    thread.start()
    while _is_free(tmp_path / "p.db-turn"):
        pass  # until the other one stands at the turnstile
    jumped_the_queue = is_free_for(third)
    one.leave()
    thread.join()

    assert not jumped_the_queue
    assert order == ["other"]
    assert is_free_for(third)
    third.close()


def _is_free(path):
    file = os.open(path, os.O_RDWR)
    try:
        turnstile.fcntl.flock(file, turnstile.fcntl.LOCK_EX | turnstile.fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def test_the_one_whose_turn_it_is_can_be_named(two):
    one, other = two
    nobody = other.holder()
    one.enter()

    assert nobody is None
    assert other.holder() in (os.getpid(), None)  # None where the system does not tell


def test_closing_it_ends_the_turn(two):
    one, other = two
    one.enter()

    one.close()

    assert is_free_for(other)
    assert one.holder() is None


def test_where_flock_fails_sqlites_own_lock_serves_alone(two, monkeypatch):
    one, other = two

    def fail(_file, _how):
        raise OSError(38, "flock is not implemented here")

    monkeypatch.setattr(turnstile.fcntl, "flock", fail)
    one.enter()
    one.leave()
    other.try_enter()
    other.leave()

    assert one.holder() is other.holder() is None


def test_without_flock_there_is_no_turn_to_wait_for(tmp_path, monkeypatch):
    monkeypatch.setattr(turnstile, "fcntl", None)
    one, other = Turnstile(tmp_path / "p.db"), Turnstile(tmp_path / "p.db")

    one.enter()
    other.try_enter()

    assert list(tmp_path.iterdir()) == []
