"""Simulated histories: the real engine under virtual time, with everything that can go wrong.

CI does what its budget allows, from a fixed seed on; `make nightly` does ten thousand, from the
seed that PERDURE_SEED names or today's.
"""

import os
import subprocess
import sys
import time
from collections import Counter

import pytest

from perdure.testing.simulation import simulate
from tests.budgets import budget, record_count
from tests.spread import spread

FIRST = int(os.environ.get("PERDURE_SEED", "5000000"))
ENOUGH_FOR_ALL = 300
"""So many histories meet everything that is drawn with some chance in each."""

MET = (
    "a broadcast reached somebody",
    "a heartbeat was committed",
    "a hint was lost",
    "a report came twice or by another way",
    "a signal's key had been used",
    "a start found its key taken",
    "a step killed its process",
    "a write was busy",
    "an event started a run",
    "code was deployed",
    "an event was brought to a run",
    "an event was told: announce",
    "an event was told: happen",
    "an event was told: withdraw",
    "a write was done and dies",
    "a write was done and unknown",
    "a write was full",
    "a write was not done and dies",
    "a write was not done and unknown",
    "froze between two calls",
    "died between two calls",
    "left in good order",
    "stalled past its lease",
    "a run did not pass the fence",
    "history has AttemptFailed worker_died",
    "history has CancelRequested",
    "history has OutcomeSettled",
    "history has OutcomeUnknown",
    "history has PlanAdopted",
    "history has RunStranded",
    "history has VerifyScheduled",
    "history has RunPaused",
    "history has RunResumed",
    "history has RunRetried",
    "history has SignalKept",
    "history has SignalTaken",
    "history has StepSkipped",
    "history has TimerEnded sleep fired",
    "history has TimerEnded wait called off",
    "history has TimerEnded wait fired",
)
pytestmark = pytest.mark.simulation


@pytest.mark.timeout(0)
def test_no_history_breaks_a_promise():
    allowed = budget("simulation")
    began = time.monotonic()
    met: Counter[str] = Counter()
    done = 0
    for verdict in spread(simulate, (FIRST + n for n in allowed.rounds())):
        assert verdict.violation is None, f"seed {verdict.seed}: {verdict.violation}"
        met.update(verdict.counts.keys())
        done += 1
    record_count("simulation", done, time.monotonic() - began)

    missed = [what for what in MET if done >= ENOUGH_FOR_ALL and not met[what]]
    assert not missed, "the simulator does not meet these any more, so it proves nothing of them"


def test_a_seed_gives_the_same_history_in_another_process():
    """Also where Python hashes texts in another way: nothing hangs on the order of a set."""
    code = "from perdure.testing.simulation import simulate; print(simulate(4711).digest)"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True, timeout=60,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert digests == {f"{simulate(4711).digest}\n"}


def test_another_seed_gives_another_history():
    assert simulate(1).digest != simulate(2).digest


def test_a_trace_tells_every_call():
    verdict = simulate(3, trace=True)

    assert len(verdict.lines) >= verdict.transactions > 0
