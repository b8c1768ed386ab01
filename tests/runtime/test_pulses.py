"""Heartbeats wait until they are told, and of each attempt the last one wins."""

from perdure.ports.commit import Beat
from perdure.runtime.pulses import TELL_SECONDS, Pulses
from tests.runtime.scenes import StepClock

A, B = ("r1", "a", 1), ("r1", "b", 1)


def beat(visit=A, token=1, progress=None, detail=None):
    return Beat(*visit, token, 7, 0.0, progress, detail)


def told(pulses):
    """Take what is due, as if it had been committed."""
    beats = pulses.take()
    pulses.told(beats)
    return beats


def test_of_each_attempt_the_last_one_wins():
    pulses = Pulses(StepClock())
    for said in (beat(progress=0.1), beat(B), beat(progress=0.2)):
        pulses.add(said)

    assert told(pulses) == [beat(progress=0.2), beat(B)]


def test_what_is_left_unsaid_stays_as_it_was_said_before():
    pulses = Pulses(StepClock())
    for said in (beat(progress=0.1, detail='"x"'), beat(progress=0.2), beat()):
        pulses.add(said)

    assert told(pulses) == [beat(progress=0.2, detail='"x"')]


def test_another_attempt_of_the_visit_says_nothing_of_the_one_before():
    pulses = Pulses(StepClock())
    pulses.add(beat(progress=0.9))

    pulses.add(beat(token=2))

    assert told(pulses) == [beat(token=2)]


def test_they_are_told_at_most_once_a_second():
    clock = StepClock()
    pulses = Pulses(clock)
    pulses.add(beat(progress=0.1))
    first = told(pulses)
    pulses.add(beat(progress=0.2))
    too_soon = (pulses.are_due(), pulses.take(), pulses.next_due())

    clock.go(TELL_SECONDS)

    assert first == [beat(progress=0.1)]
    assert too_soon == (False, [], TELL_SECONDS)
    assert told(pulses) == [beat(progress=0.2)]
    assert (pulses.are_due(), pulses.next_due()) == (False, None)


def test_what_was_not_committed_is_told_again():
    clock = StepClock()
    pulses = Pulses(clock)
    pulses.add(beat(progress=0.1))
    pulses.take()

    clock.go(TELL_SECONDS)

    assert told(pulses) == [beat(progress=0.1)]


def test_what_was_said_during_the_commit_is_not_lost():
    clock = StepClock()
    pulses = Pulses(clock)
    pulses.add(beat(progress=0.1))
    taken = pulses.take()
    pulses.add(beat(progress=0.2))
    pulses.told(taken)

    clock.go(TELL_SECONDS)

    assert told(pulses) == [beat(progress=0.2)]


def test_an_attempt_that_has_ended_has_nothing_to_say():
    pulses = Pulses(StepClock())
    pulses.add(beat())
    pulses.drop(A)
    pulses.drop(B)

    assert told(pulses) == []


def test_the_first_one_that_waits_is_heard():
    pulses = Pulses(StepClock())
    heard = []
    pulses.on_first = lambda: heard.append("first")

    pulses.add(beat())
    pulses.add(beat(B))
    told(pulses)
    pulses.add(beat())

    assert heard == ["first", "first"]
