"""Every planted defect is found: a simulator that cannot see proves nothing.

CI hunts in one range of seeds, and in the others as far as its budget goes; `make nightly` in all
three.
"""

import os
import sys
import time
from collections.abc import Iterator

import pytest

import tests.simulation.defects_control  # noqa: F401 - it plants more of them
from tests.budgets import Budget, budget, record_count
from tests.simulation import (  # noqa: F401 - they add to the list
    defects_archive,
    defects_batches,
    defects_blocks,
    defects_children,
    defects_effects,
    defects_events,
    defects_exec,
    defects_hooks,
    defects_limits,
    defects_processes,
    defects_queues,
    defects_revisions,
    defects_rewinding,
    defects_schedules,
    defects_signals,
)
from tests.simulation.defects import DEFECTS
from tests.simulation.hunt import RANGES, histories_until_found
from tests.spread import spread

NIGHTLY = os.environ.get("PERDURE_NIGHTLY") == "1"
MOST = 4000
"""In so many histories a defect must be found."""


@pytest.mark.parametrize("planted", DEFECTS, ids=lambda planted: planted.name)
def test_the_code_that_a_defect_changes_is_there_still(planted, monkeypatch):
    planted.plant(monkeypatch)


@pytest.mark.simulation
@pytest.mark.timeout(0)
def test_each_planted_defect_is_found(capsys):
    allowed = budget("defects")
    began = time.monotonic()
    found: dict[str, list[int]] = {}
    survived: list[str] = []
    for name, start, seen in spread(hunted, _hunts(allowed)):
        if seen is None:
            survived.append(f"{name} survived {MOST} histories from {start} on")
        else:
            found.setdefault(name, []).append(seen[0])
        if NIGHTLY:
            told = survived[-1] if seen is None else f"{name} from {start} on: {seen[0]}"
            _say(capsys, f"{time.monotonic() - began:6.0f} s  {told}")

    assert not survived, "\n".join(survived)
    worst = max(found, key=lambda name: max(found[name]))
    hunts = sum(map(len, found.values()))
    _say(capsys, f"{hunts} hunts for {len(found)} defects; longest {worst}: {max(found[worst])}")
    record_count("defects", len(found), time.monotonic() - began)


def _say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{line}")
        sys.stdout.flush()


def _hunts(allowed: Budget) -> Iterator[tuple[str, int]]:
    """Yield what to hunt from which seed on: all by night, and by day what the time allows."""
    began = time.monotonic()
    for number, start in enumerate(RANGES):
        for place, defect in enumerate(DEFECTS):
            late = time.monotonic() - began > allowed.seconds
            if late and not NIGHTLY and (number > 0 or place >= allowed.at_least):
                return
            yield defect.name, start


def hunted(hunt: tuple[str, int]) -> tuple[str, int, tuple[int, str] | None]:
    """Return a hunt with what it found."""
    name, start = hunt
    defect = next(defect for defect in DEFECTS if defect.name == name)
    return name, start, histories_until_found(defect, start, MOST)
