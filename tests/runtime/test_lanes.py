"""The slots of executors."""

from perdure.runtime.lanes import Held, Lane
from tests.runtime.scenes import Hands, machine, scene


def test_jobs_may_wait_in_the_store_until_it_is_known_that_none_do():
    assert Lane(Hands(), slots=2, free=2).backlog


def test_an_attempt_is_held_without_being_asked_to_end():
    play = scene(machine("a"))
    play.start()
    lane = Lane(Hands(), slots=1, free=1)

    held = Held(play.work("a"), lane)

    assert (held.stop, held.due) == ("", 0.0)
