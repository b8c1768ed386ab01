"""What stands in for models and steps, and when it fails."""

import pytest
from pydantic import ValidationError

from perdure.wire.trials import MockFailure, MockModel, MockStep


def test_a_mock_fails_as_often_as_it_is_told():
    always = MockModel(error="timeout")
    twice = MockStep(error=MockFailure(kind="rate_limit", message="slow down"), fail_times=2)

    assert [always.failure(n).kind for n in (1, 9)] == ["timeout", "timeout"]
    assert [bool(twice.failure(n)) for n in (1, 2, 3)] == [True, True, False]
    assert MockModel(response="a").failure(1) is None


@pytest.mark.parametrize(
    "wrong", [{"latency_ms": -1}, {"fail_times": 2}, {"error": "e", "fail_times": 0}]
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValidationError):
        MockModel(**wrong)
