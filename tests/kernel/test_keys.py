"""The keys of visits that come again."""

import pytest

from perdure.kernel.keys import moved, number_of, shift, spans_from

AGAIN = {"ask": [[4, 2, 1], [6, 1, 9]]}
"""The fourth and the fifth visit of `ask` are the first and the second again, the sixth the ninth."""


@pytest.mark.parametrize(("visit", "number"), [(3, 3), (4, 1), (5, 2), (6, 9), (7, 7)])
def test_a_visit_that_comes_again_has_the_number_of_the_one_that_it_is(visit, number):
    assert number_of(AGAIN, "ask", visit) == number


def test_a_step_of_which_nothing_is_said_has_its_own_numbers():
    assert number_of(AGAIN, "pay", 4) == 4


def test_an_item_has_its_loops_number_unless_it_has_one_of_its_own():
    keys = {"each": [[3, 1, 1]], "each[2]": [[3, 1, 2]]}

    assert [number_of(keys, f"each[{n}]", 3) for n in (0, 1, 2)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("visit", "left"),
    [
        (4, [[5, 2, 1], [7, 1, 9]]),
        (5, [[6, 1, 2], [7, 1, 9]]),
        (6, [[7, 1, 9]]),
        (3, AGAIN["ask"]),
        (7, AGAIN["ask"]),
    ],
)
def test_the_visit_after_one_that_came_to_nothing_has_its_number(visit, left):
    keys = dict(AGAIN)

    shift(keys, "ask", visit)

    assert keys == {"ask": left}
    assert AGAIN["ask"] == [[4, 2, 1], [6, 1, 9]], "it is shared with the run as it was"


def test_an_item_that_came_to_nothing_keeps_its_loops_number():
    keys = {"each": [[3, 1, 1]]}

    shift(keys, "each[2]", 3)

    assert keys == {"each": [[3, 1, 1]], "each[2]": [[4, 1, 1]]}


@pytest.mark.parametrize(
    ("numbers", "spans"),
    [([], []), ([1, 2, 3], [[1, 3, 1]]), ([2, 3, 7, 8, 4], [[1, 2, 2], [3, 2, 7], [5, 1, 4]])],
)
def test_numbers_in_a_row_are_one_span(numbers, spans):
    assert spans_from(1, numbers) == spans


def test_spans_are_moved_to_the_visits_that_are_to_come():
    assert moved([[1, 2, 1], [3, 1, 9]], 3) == [[4, 2, 1], [6, 1, 9]]
