"""Figures as they are sent."""

import pytest
from pydantic import ValidationError

from perdure.wire.figures import PredictedInfo, UsageInfo


def test_a_basis_is_one_of_three():
    with pytest.raises(ValidationError):
        PredictedInfo(duration=1.0, cost=None, basis={"duration": "guess"}, samples=1)


def test_memory_and_gpus_are_not_measured():
    found = UsageInfo(
        executions=0, attempts=0, cpu_hours=None, total_cost=None, basis={}, samples={}
    )

    assert (found.ram_gb_hours, found.gpu_hours) == (None, None)
