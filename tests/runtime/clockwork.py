"""A process with a schedule, for the scheduler's tests."""

from perdure.authoring.schedules import Schedule
from perdure.kernel.directives import Complete
from perdure.ports.rows import RunFilter
from perdure.runtime.declared import made
from perdure.runtime.occurrences import start_key
from tests.runtime.scenes import NOW, Scene, machine, scene, workflow

PLAN = machine("a")
MINUTE = 60.0


def playing(said=None, *, plan=PLAN, flow=None, **options) -> Scene:
    """A process, and a schedule whose first time comes in a minute."""
    play = scene(flow or plan, **options)
    if said is not None:
        make(play, said, plan)
    return play


def make(play, said, plan=PLAN, name="s"):
    row = made(name, workflow(plan), said, play.clock.now(), declared=False)
    assert play.store.put_schedule(row, 0)
    play.process.scheduler.hint(0.0)
    play.tick()


def every(seconds=MINUTE, **options):
    return Schedule(every=seconds, **options)


def settle(play, seconds=0.0):
    """Let time pass, and have done all that is to be done at once."""
    play.tick(seconds)
    for _ in range(300):
        if play.process.scheduler.wake_at > play.clock.now():
            return
        play.tick()
    raise AssertionError("the scheduler never rests")


def begun(play, name="s"):
    """The times of the runs of a schedule, in the order they were born, in minutes."""
    rows = reversed(play.store.find(RunFilter(limit=1000)))
    keys = [row.start_key for row in rows if row.start_key]
    times = {start_key(name, NOW + MINUTE * number): number for number in range(1000)}
    return [times[key] for key in keys if key in times]


def row(play):
    (found,) = play.store.schedules()
    return found


def end(play):
    """Have every attempt end that is held."""
    for work in list(play.hands.works):
        play.put(work, Complete())
    play.hands.works.clear()
    play.drive()


def live(play):
    return len(play.store.find(RunFilter(live=True)))
