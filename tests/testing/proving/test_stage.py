"""One history: the same seed gives the same one, and long timers take no time."""

from perdure.testing.proving.stage import Stage, draw_weather
from tests.testing.proving import mistakes_of_time  # noqa: F401 - it adds to them
from tests.testing.proving.mistakes import PAIRS


def lived(mistake, seed):
    stage = Stage(PAIRS[mistake][1], seed, draw_weather(seed), trace=False)
    stage.live()
    stage.store.close()
    return stage


def test_a_seed_gives_the_same_history_again():
    one, two = lived("forgotten timeout", 5), lived("forgotten timeout", 5)

    assert one.trace.digest == two.trace.digest


def test_a_day_passes_by_a_leap():
    stage = lived("the real clock", 3)

    (track,) = stage.witness.tracks.values()
    assert track.run.status == "completed"
    assert stage.world.time < 3600


def test_every_start_is_started_once():
    stage = lived("a list that runs share", 7)

    assert len(stage.runs) == len(stage.witness.tracks) == 2
