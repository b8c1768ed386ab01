"""The mailbox: what is lost, lies there though somebody waits, or is there twice, is seen."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from perdure.kernel.directives import Wait
from perdure.kernel.run import Sleeping, Waiting
from perdure.ports.broadcasts import Letter
from perdure.ports.rows import InboxRow
from perdure.testing.simulation.mail import Mail
from perdure.testing.simulation.scripts import Act, Script
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.scenes import TWO_STEPS

LETTER = Letter(1, "go", "k", "m", '{"p":1}', None, None, 0.0, 100.0)


@dataclass
class Box:
    """A store of which only the mailbox and a context are asked for."""

    lying: list = field(default_factory=list)

    def letters(self, _most):
        return self.lying

    def load(self, runs):
        return {run: SimpleNamespace(context='{"n":1}') for run in runs}


def mail(*letters, waits=(), had=(), now=5.0, fresh=False):
    track = Track("run-1", TWO_STEPS)
    track.run.open = {f"s{n}": entry for n, entry in enumerate(waits)}
    track.inbox = {n: InboxRow(n, "m", payload) for n, payload in enumerate(had)}
    world = SimpleNamespace(latest=now, trace=SimpleNamespace(sometimes=lambda _: None))
    script = Script((Act(outcome=Wait(name="go", key="k", fresh=fresh)),))
    scripts = {TWO_STEPS.workflow: {"s0": script}}
    return Mail(Box(list(letters)), {"run-1": track}, world, scripts)


@pytest.mark.parametrize(
    "box",
    [
        mail(LETTER),
        mail(LETTER, waits=[Sleeping(1, 9.0, "b"), Waiting(visit=1, name="go", key="x")]),
        mail(LETTER, waits=[Waiting(visit=1, name="go", key="k")], now=200.0),
        mail(LETTER, waits=[Waiting(visit=1, name="go", key="k")], fresh=True),
        mail(LETTER._replace(match='{"n":2}'), waits=[Waiting(visit=1, name="go", key="k")]),
        mail(had=['{"p":1}']),
    ],
)
def test_what_lies_there_for_nobody_is_right(box):
    box.end()


def test_a_run_that_waits_for_what_lies_there_is_seen():
    with pytest.raises(Violation, match="M2"):
        mail(LETTER, waits=[Waiting(visit=1, name="go", key="k")]).look()


def test_what_was_kept_and_is_nowhere_is_seen():
    box = mail(LETTER, had=['{"p":2}'])
    box.kept |= {'{"p":1}', '{"p":2}'}
    box.end()

    box.kept.add('{"p":3}')
    with pytest.raises(Violation, match="M1"):
        box.end()


def test_what_was_taken_and_lies_there_still_is_seen():
    with pytest.raises(Violation, match="M3"):
        mail(LETTER, had=['{"p":1}']).end()
