"""A body that is proved runs for real, in one process, and may die whatever it catches."""

import asyncio
import random
from types import SimpleNamespace

import pytest

from perdure.testing.proving.bodies import MOST_VISITS, AsyncProvedBody, ProvedBody
from perdure.testing.proving.guard import Memory
from perdure.testing.proving.services import Book
from perdure.testing.simulation.executor import PoisonError
from perdure.testing.simulation.world import Life, Violation


def proved(inner, book, kind=ProvedBody):
    life = Life("p0.1")
    return kind(inner, book=book, lives=lambda _: life, memory=Memory(None, None), module=None)


def work(visit=1):
    return SimpleNamespace(run="r", path="s", visit=visit, attempt=1)


def test_the_body_runs_and_its_result_comes_back():
    book = Book(random.Random(1))

    assert proved(lambda given: given.path, book)(work()) == "s"
    assert book.work is None


def test_an_async_body_is_awaited():
    async def inner(given):
        return given.path

    assert asyncio.run(proved(inner, Book(random.Random(1)), AsyncProvedBody)(work())) == "s"


def test_what_a_body_raises_is_noted():
    book = Book(random.Random(1))

    with pytest.raises(ZeroDivisionError):
        proved(lambda _: 1 / 0, book)(work())

    assert isinstance(book.raised["r", "s", 1, 1], ZeroDivisionError)


def test_a_body_that_catches_its_own_death_dies():
    book = Book(random.Random(1))

    def stubborn(_):
        try:
            book.dies("here")
        except BaseException:  # noqa: BLE001
            return 1

    with pytest.raises(PoisonError):
        proved(stubborn, book)(work())


def test_a_step_that_is_come_to_for_ever_is_found():
    with pytest.raises(Violation, match="never ends"):
        proved(lambda _: 1, Book(random.Random(1)))(work(MOST_VISITS + 1))
