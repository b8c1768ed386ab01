"""`perdure triggers`: what events start, and what they start no more."""

from datetime import UTC, datetime

import pytest

from perdure import complete, event_workflow, step
from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.cli.triggers import _shown

AT = datetime(2099, 5, 1, 15, tzinfo=UTC)


@pytest.fixture
def known(cli):
    """A store that knows what events start a workflow of which this process has no code."""
    registry = Registry()

    @event_workflow("order due", offset_minutes=-60, name="old reminder", registry=registry)
    class Remind:
        @step(start=True)
        def remind(self):
            return complete()

    with Engine(cli.folder / "state" / "perdure.db", registry=registry, worker=False) as engine:
        engine.emit("order due", entity=9, at=AT)
    return cli


def test_what_events_start_is_listed(known):
    said = known("triggers")

    assert said.code == 0
    row = next(line for line in said.out.splitlines() if "order due" in line)
    assert all(part in row for part in ("old reminder", "60 min before it", " 1 ", "ago"))


def test_a_workflow_that_is_no_more_is_forgotten(known):
    said = known("triggers", "--forget", "old reminder")
    shown = known("triggers", "--json").document

    assert said.out == "no event starts old reminder any more; 1 start is called off\n"
    assert "old reminder" not in [each["workflow"] for each in shown["triggers"]]


def test_what_was_forgotten_is_told_to_programs_too(known):
    said = known("triggers", "--forget", "old reminder", "--json").document

    assert (said["forgot"], said["called_off"]) == ("old reminder", 1)


def test_one_that_no_event_starts_is_an_error(known):
    said = known("triggers", "--forget", "old remindr")

    assert said.code == 2
    assert "Did you mean 'old reminder'?" in said.err


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0.0, "its time"), (-60.0, "60 min before it"), (1.5, "1.5 min after it")],
)
def test_an_offset_is_shown_in_words(minutes, shown):
    assert _shown(minutes) == shown
