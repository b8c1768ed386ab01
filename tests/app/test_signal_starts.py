"""A signal that starts its run if there is none: what happens where a key changes hands meanwhile."""

from dataclasses import replace

import pytest

from perdure.app.addresses import Addressee
from perdure.app.signal_starts import signal_with_start
from perdure.app.signals import SignalAnswer
from perdure.kernel import messages
from perdure.runtime.bundles import Bundle
from tests.runtime.scenes import machine, scene


@pytest.fixture
def play():
    return scene(machine("ask", "tell"))


def birth(play):
    """Return the birth of a run that has the key for itself."""
    made = play.birth()
    return replace(made, born=made.born._replace(unique_key="k"))


def start(play):
    made = birth(play)
    play.process.bundles.write(Bundle(births=[made]))
    return made.run


def send_to(play, make, send):
    return signal_with_start(play.process, make, send, "go", "{}", Addressee())


def test_a_run_that_takes_the_key_meanwhile_gets_the_signal(play, monkeypatch):
    write, theirs = play.process.bundles.write, []

    def late(bundle, **how):
        if not theirs:
            theirs.append("")
            theirs[0] = start(play)
        return write(bundle, **how)

    monkeypatch.setattr(play.process.bundles, "write", late)

    answer = send_to(play, lambda: birth(play), lambda to: SignalAnswer(kept=(to.run,)))

    assert (answer.kept, answer.started) == ((theirs[0],), None)


def test_a_run_that_ends_meanwhile_leaves_its_key_to_a_new_one(play):
    first = start(play)

    def send(to):
        play.tell(to.run, messages.Cancel())
        return SignalAnswer(refused=((to.run, "the run is cancelled"),))

    answer = send_to(play, lambda: birth(play), send)

    assert answer.started not in (None, first)
