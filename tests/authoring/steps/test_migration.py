"""Contexts of runs that began by older code."""

import pytest
from pydantic import BaseModel

from perdure.authoring.steps.codec import Codec
from perdure.authoring.steps.migration import check_moves, fitter, migrating
from perdure.errors import ContextInvalidError, DefinitionError


class Context(BaseModel):
    item: str
    count: int = 1


def test_a_context_that_the_model_loads_is_given_back_as_it_is():
    fits = fitter(lambda: Codec(Context))

    assert fits("1", '{"item":"book"}') == '{"item":"book"}'


def test_a_context_that_lacks_a_field_is_refused_by_its_name_and_the_remedy():
    fits = fitter(lambda: Codec(Context))

    with pytest.raises(ContextInvalidError, match=r"item: field required.*default"):
        fits("1", "{}")


def changes(body):
    body["item"] = "book"


@pytest.mark.parametrize("move", [changes, lambda _body: {"item": "book"}])
def test_a_context_of_another_version_is_moved_in_place_or_to_what_is_returned(move):
    fits = migrating(fitter(lambda: Codec(Context)), {"1": move})

    assert fits("1", "{}") == '{"item":"book"}'


def test_a_context_of_a_version_that_nothing_moves_must_fit_as_it_is():
    fits = migrating(fitter(lambda: Codec(Context)), {"1": changes})

    with pytest.raises(ContextInvalidError):
        fits("2", "{}")


def test_what_was_moved_must_fit():
    fits = migrating(fitter(lambda: Codec(Context)), {"1": lambda body: body})

    with pytest.raises(ContextInvalidError, match="item: field required"):
        fits("1", "{}")


def test_a_function_that_returns_something_else_is_told_what_to_return():
    fits = migrating(fitter(lambda: Codec(Context)), {"1": lambda _body: "book"})

    with pytest.raises(ContextInvalidError, match="migrate from version '1' returned 'book'"):
        fits("1", "{}")


@pytest.mark.parametrize("moves", [{1: changes}, {"1": "changes"}])
def test_moves_are_functions_by_version(moves):
    with pytest.raises(DefinitionError, match="is a dict of versions and functions"):
        check_moves("order", moves)
