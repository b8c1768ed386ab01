"""What every test session does: collect the long harnesses' counts and print them at the end."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.budgets import Count, take_counts

COUNT = "perdure count"


def pytest_addoption(parser):
    parser.addoption("--counts-file", help="write the counts of the long harnesses to this file")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Send the counts with the test's report, which also crosses from pytest-xdist's workers."""
    if call.when == "call":
        item.user_properties += [(COUNT, [c.name, c.n, c.seconds]) for c in take_counts()]
    return (yield)


def pytest_terminal_summary(terminalreporter, config):
    counts = sorted(str(count) for count in _counts(terminalreporter.stats))
    if not counts:
        return
    terminalreporter.section("counts of the long harnesses")
    for line in counts:
        terminalreporter.write_line(line)
    if path := config.getoption("--counts-file"):
        text = "\n".join(f"- {line}" for line in counts)
        Path(path).write_text(f"# What the long harnesses reached\n\n{_of_what()}\n\n{text}\n")


def _of_what():
    """Say which commit was tested, when, and from which seed on histories were lived."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=Path(__file__).parent, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    day = datetime.now(UTC).date()
    seed = os.environ.get("PERDURE_SEED", "5000000")
    return f"Commit {commit or 'unknown'}, {day}; histories from seed {seed} on."


def _counts(stats):
    reports = [r for outcome in ("passed", "failed") for r in stats.get(outcome, [])]
    for report in reports:
        if getattr(report, "when", None) == "call":
            yield from (Count(*value) for name, value in report.user_properties if name == COUNT)
