"""Batches in histories: they are told through any process, and held to whom they were for."""

import random

import pytest

from perdure.app.batches import Batch
from perdure.errors import StoreBusyError
from perdure.kernel import history as h
from perdure.kernel import messages
from perdure.kernel.evolve import evolve
from perdure.ports.commit import Written
from perdure.testing.simulation import batching, simulate
from perdure.testing.simulation.batching import Batches
from perdure.testing.simulation.node import Mates
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Died, Life, Violation
from tests.testing.simulation.scenes import ONE_STEP, Scene


def test_histories_have_batches_and_some_are_cut_off():
    seen = set()
    for seed in range(60):
        report = simulate(seed)
        seen |= {
            name for name in report.counts if "many runs the same" in name or "cut off" in name
        }

        assert report.violation is None

    assert seen == {"somebody told many runs the same", "a batch was cut off"}


class Someone(Mates):
    def __init__(self, life):
        self.life = life

    def any(self):
        return self.life


def batches(life=None, *tracks):
    scene = Scene()
    scene.witness.tracks.update({track.id: track for track in tracks})
    made = Batches(
        world=scene.world, mates=Someone(life), witness=scene.witness, names=["story"],
        chance=random.Random(1),
    )  # fmt: skip
    return made, scene


def run(*events):
    """Return a run to which this has happened, each in a message of its own."""
    track = Track("run-1", ONE_STEP)
    for event in (h.RunStarted(), *events):
        track.seq += 1
        track.written.append((h_row(track.seq), [event]))
        evolve(ONE_STEP, track.run, event)
    return track


def h_row(seq):
    return Written("run-1", seq, 0.0, "[]", "[]")


@pytest.mark.parametrize("trouble", [StoreBusyError("busy"), "dies", None])
def test_a_batch_that_is_cut_off_is_begun_anew(monkeypatch, trouble):
    life = Life("p0.1")
    life.store = None
    made, scene = batches(life)
    said = [Died(life) if trouble == "dies" else trouble] if trouble else []

    def tell(_store, _ask, _message, _query):
        if said:
            raise said.pop()
        return Batch()

    monkeypatch.setattr(batching, "tell_many", tell)
    made.open = 1
    made._begin(messages.Pause, None)
    assert made.open == int(trouble is not None)
    scene.world.run(5.0)

    assert made.open == 0


def test_another_process_that_dies_is_not_its_own_affair(monkeypatch):
    life = Life("p0.1")
    life.store = None
    made, _ = batches(life)

    def tell(_store, _ask, _message, _query):
        raise Died(Life("p1.1"))

    monkeypatch.setattr(batching, "tell_many", tell)
    with pytest.raises(Died):
        made._begin(messages.Pause, None)


def test_where_nobody_lives_it_waits():
    made, _ = batches()
    made.open = 1

    made._begin(messages.Pause, None)

    assert made.open == 1


FAILED = h.RunFailed("a", "oops", "it broke")
PAUSED = h.RunPaused("ann", "")


@pytest.mark.parametrize(
    ("kind", "before", "is_meant"),
    [
        (messages.Retry, [FAILED], True),
        (messages.Retry, [], False),
        (messages.Cancel, [], True),
        (messages.Cancel, [h.CancelRequested("", "")], False),
        (messages.Cancel, [FAILED], False),
        (messages.Pause, [], True),
        (messages.Pause, [PAUSED], False),
        (messages.Resume, [PAUSED], True),
        (messages.Resume, [], False),
    ],
)
def test_a_run_that_was_meant_and_not_told_is_seen(kind, before, is_meant):
    track = run(*before)

    if is_meant:
        with pytest.raises(Violation, match="B1"):
            batching._check(kind, track, track.seq, "batch-1")
    else:
        batching._check(kind, track, track.seq, "batch-1")


def test_a_run_that_has_changed_since_need_not_be_told():
    track = run()
    seq = track.seq
    track.written.append((h_row(seq + 1), [h.RunPaused("bob", ""), h.RunResumed("bob")]))

    batching._check(messages.Pause, track, seq, "batch-1")


def test_a_count_that_is_not_what_histories_tell_is_seen():
    made, _ = batches(None, run(h.RunPaused("batch-1", "")))

    made._count(Batch(changed=1), "batch-1")
    with pytest.raises(Violation, match="B2"):
        made._count(Batch(changed=2), "batch-1")
