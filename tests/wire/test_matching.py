"""A context has what is asked of it, or it is told what it has not."""

import pytest

from perdure.wire.matching import mismatch

CONTEXT = '{"n":1,"name":"Ann","tags":["a"],"none":null}'


@pytest.mark.parametrize(
    ("match", "missing"),
    [
        ("{}", ""),
        ('{"n":1,"name":"Ann"}', ""),
        ('{"none":null,"tags":["a"]}', ""),
        ('{"n":1,"name":"Bob"}', "name"),
        ('{"n":1.0}', "n"),
        ('{"n":"1"}', "n"),
        ('{"n":true}', "n"),
        ('{"other":null}', "other"),
    ],
)
def test_the_first_name_whose_value_is_another_is_told(match, missing):
    assert mismatch(match, CONTEXT) == missing
