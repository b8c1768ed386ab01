"""`prove` finds each mistake, and passes the repaired twin."""

import pytest

from perdure.testing import prove
from tests.testing.proving import mistakes_of_time  # noqa: F401 - it adds to them
from tests.testing.proving.mistakes import PAIRS


def test_there_are_a_dozen_mistakes_and_more():
    assert len(PAIRS) >= 12


@pytest.mark.slow
@pytest.mark.parametrize("mistake", PAIRS)
def test_a_mistake_is_found(mistake):
    broken, _, kinds = PAIRS[mistake]

    verdict = prove(broken)

    assert not verdict.ok
    assert verdict.finding.kind in kinds, str(verdict)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", PAIRS)
def test_the_repaired_twin_passes(mistake):
    _, repaired, _ = PAIRS[mistake]

    verdict = prove(repaired, histories=40)

    assert verdict.ok, str(verdict)


def test_a_seed_gives_the_same_verdict_again():
    broken, _, _ = PAIRS["charge without a key"]
    first = prove(broken)

    again = prove(broken, seed=first.seed)

    assert (again.finding, again.mishaps) == (first.finding, first.mishaps)


def test_a_schedule_is_shrunk_to_what_it_takes():
    broken, _, _ = PAIRS["charge without a key"]

    verdict = prove(broken)

    troubles = [each for each in verdict.mishaps if "died" in each or "lost" in each]
    assert len(troubles) == 1


def test_a_trace_has_a_line_for_each_call():
    _, repaired, _ = PAIRS["charge without a key"]

    assert any("commit" in line for line in prove(repaired, seed=1, trace=True).lines)
