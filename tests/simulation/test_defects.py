"""Every planted defect is found: a simulator that cannot see proves nothing.

CI hunts in one range of seeds, and in the others as far as its budget goes; `make nightly` in all
three.
"""

import os
import sys
import time

import pytest

import tests.simulation.defects_control  # noqa: F401 - it plants more of them
from tests.budgets import budget, record_count
from tests.simulation import (  # noqa: F401 - they add to the list
    defects_archive,
    defects_blocks,
    defects_children,
    defects_effects,
    defects_events,
    defects_exec,
    defects_hooks,
    defects_processes,
    defects_queues,
    defects_rewinding,
    defects_schedules,
    defects_signals,
)
from tests.simulation.defects import DEFECTS
from tests.simulation.hunt import RANGES, histories_until_found

MOST = 4000
"""In so many histories a defect must be found."""


@pytest.mark.parametrize("planted", DEFECTS, ids=lambda planted: planted.name)
def test_the_code_that_a_defect_changes_is_there_still(planted, monkeypatch):
    planted.plant(monkeypatch)


@pytest.mark.simulation
@pytest.mark.timeout(0)
def test_each_planted_defect_is_found(capsys):
    allowed = budget("defects")
    nightly = os.environ.get("PERDURE_NIGHTLY") == "1"
    began = time.monotonic()
    found: dict[str, list[int]] = {}
    for number, start in enumerate(RANGES):
        for defect in DEFECTS:
            late = time.monotonic() - began > allowed.seconds
            if late and not nightly and (number > 0 or len(found) >= allowed.at_least):
                break
            seen = histories_until_found(defect, start, MOST)
            assert seen is not None, f"{defect.name} survived {MOST} histories from {start} on"
            found.setdefault(defect.name, []).append(seen[0])
    record_count("defects", len(found), time.monotonic() - began)

    with capsys.disabled():
        worst = max(found, key=lambda name: max(found[name]))
        hunts = sum(map(len, found.values()))
        sys.stdout.write(
            f"\n{hunts} hunts for {len(found)} defects; longest {worst}: {max(found[worst])}\n"
        )
    assert len(found) >= allowed.at_least
