"""Contexts of runs that began by older code."""

import pytest
from pydantic import BaseModel

from perdure.authoring.steps.codec import Codec
from perdure.authoring.steps.migration import fitter
from perdure.errors import ContextInvalidError


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
