"""What is real raises, named; what a process remembers dies with it."""

import asyncio
import datetime as dt
import logging
import random
import socket
import sys
import time
from types import ModuleType, SimpleNamespace

import pytest

from perdure.testing.proving.guard import Memory, RealWorldError, guarded
from perdure.testing.proving.services import Book

HERE = sys.modules[__name__]


@pytest.fixture
def book():
    return Book(random.Random(1))


@pytest.mark.parametrize(
    ("reach", "what"),
    [
        (lambda: time.time() + 1, "the real clock"),
        (lambda: dt.datetime.now(dt.UTC).year, "the real clock"),
        (lambda: dt.date.today().year, "the real clock"),  # noqa: DTZ011
        (lambda: time.sleep(1), "a real sleep"),
        (lambda: asyncio.run(asyncio.sleep(1)), "a real sleep"),
        (lambda: socket.create_connection(("localhost", 9)), "a real network call"),
        (lambda: socket.socket().connect(("localhost", 9)), "a real network call"),
    ],
)
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_what_is_real_is_refused_and_noted(book, reach, what):
    with guarded(HERE, book), pytest.raises(RealWorldError, match=what):
        reach()

    assert book.forbidden[0][0] == what


def test_dates_are_made_and_known_as_ever(book):
    with guarded(HERE, book):
        made = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)

        assert isinstance(made, dt.datetime)

    assert type(made) is dt.datetime


def test_a_log_record_has_its_time(book):
    with guarded(HERE, book):
        logging.getLogger("nobody").warning("said")

    assert not book.forbidden


def test_an_awaited_pause_of_nothing_is_none(book):
    with guarded(HERE, book):
        asyncio.run(asyncio.sleep(0))

    assert not book.forbidden


def test_names_that_a_module_bound_before_are_seen(book):
    module = ModuleType("user")
    module.sleep = time.sleep

    with guarded(module, book), pytest.raises(RealWorldError):
        module.sleep(1)

    assert module.sleep is time.sleep


def test_each_process_has_its_own_memory_and_a_new_one_has_none():
    module = SimpleNamespace(seen={})
    memory = Memory(module, None)
    with memory.of("p0.1"):
        module.seen["a"] = 1
    with memory.of("p0.2"):
        other = dict(module.seen)
    with memory.of("p0.1"):
        same = dict(module.seen)
    memory.restore()

    assert (other, same, module.seen) == ({}, {"a": 1}, {})
