"""How many histories it takes until a planted defect is seen."""

import pytest

from perdure.testing.simulation import simulate
from tests.simulation.defects import Defect

RANGES = (1_000_000, 2_000_000, 3_000_000)


def histories_until_found(defect: Defect, start: int, most: int) -> tuple[int, str] | None:
    """Return how many histories from this seed on it took, and what was seen; None if nothing."""
    with pytest.MonkeyPatch.context() as patch:
        defect.plant(patch)
        for n in range(most):
            if not defect.shows(start + n):
                continue
            if violation := simulate(start + n).violation:
                return n + 1, violation
    return None
