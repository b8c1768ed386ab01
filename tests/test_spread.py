"""The spreading of a harness over processes: everything is done once, and errors come through."""

import os
from itertools import count

import pytest

from tests.spread import CORES, spread


def square(n):
    if n < 0:
        raise ValueError(n)
    return os.getpid(), n * n


def test_each_piece_is_done_once_and_elsewhere():
    answers = list(spread(square, range(20)))

    assert sorted(n for _, n in answers) == [n * n for n in range(20)]
    assert os.getpid() not in {pid for pid, _ in answers}


def test_nothing_to_do_is_nothing():
    assert list(spread(square, [])) == []


def test_no_more_is_taken_than_can_be_done_now():
    taken = []

    def pieces():
        for n in count():
            taken.append(n)
            yield n

    answers = spread(square, pieces())
    for _ in range(5):
        next(answers)
    answers.close()

    assert len(taken) <= 5 + CORES


def test_what_a_piece_raises_is_raised_here():
    with pytest.raises(ValueError, match="-1"):
        list(spread(square, [-1]))
