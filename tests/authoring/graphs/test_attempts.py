"""What a step gave is kept, or refused with the place of what cannot be."""

import pytest

from perdure.authoring.graphs.attempts import result_of
from perdure.errors import InvalidOutputError
from perdure.kernel.directives import Next


def test_a_value_is_kept_with_what_is_told_of_it():
    made = result_of({"a": 1}, {"by": "x"}, since=3.0)

    assert (made.outcome, made.output, made.meta, made.since) == (
        Next(),
        '{"a":1}',
        {"by": "x"},
        3.0,
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [({"a": [float("nan")]}, r"result.a\[0\]"), ("x" * 9_000_000, "9,000,002 characters")],
)
def test_what_cannot_be_kept_is_told_with_its_place(value, said):
    with pytest.raises(InvalidOutputError, match=said):
        result_of(value)
