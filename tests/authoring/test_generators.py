"""Generators are known by name, and no two have one."""

import pytest

from perdure.authoring import generators as module
from perdure.authoring.generators import DuplicateGeneratorError, generator, generators


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(module, "_declared", {})


def test_a_generator_is_known_by_its_name_and_stays_a_function():
    @generator("make")
    def make(inputs):
        return [inputs]

    assert make({}) == [{}]
    assert generators() == {"make": make}


def test_the_same_function_may_be_declared_again():
    """A script is loaded as `__main__`, and by a worker under its name."""
    for _ in range(2):

        @generator("make")
        def make(inputs):
            return [inputs]

    assert list(generators()) == ["make"]


def test_another_function_cannot_have_the_name():
    generator("make")(lambda inputs: [])

    def other(inputs):
        return []

    with pytest.raises(DuplicateGeneratorError, match="generator 'make' is .*lambda.* already"):
        generator("make")(other)


def test_a_callable_without_code_may_be_a_generator():
    class Made:
        __qualname__ = "Made"

        def __call__(self, inputs):
            return []

    made = Made()
    generator("make")(made)

    assert generators()["make"] is made
