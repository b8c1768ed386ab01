"""Schedules of a history: made, held up, changed and removed while everything goes wrong.

When each of them comes is said here a second time, without a calendar, so that the engine's answer
can be held to it.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from perdure.app.schedules import Schedules
from perdure.authoring.schedules import Overlap, Schedule
from perdure.errors import ScheduleNotFoundError, ScheduleTakenError, StoreError
from perdure.testing.simulation.node import Mates, SimProcess
from perdure.testing.simulation.punctual import AUTUMN, SPRING
from perdure.testing.simulation.witness import Witness
from perdure.testing.simulation.workload import Workload
from perdure.testing.simulation.world import Died, World

AGAIN_SECONDS = 1.0
CALM_SECONDS = 30.0
"""So long after the last fault every time that came has its run, or none by a policy."""

OVERLAPS: tuple[Overlap, ...] = ("allow", "skip", "queue", "replace")

Act = Callable[[Schedules], object]


class Timetable:
    """What is asked of schedules in a history, and when."""

    def __init__(
        self, *, world: World, mates: Mates, witness: Witness, workload: Workload,
        chance: random.Random,
    ) -> None:  # fmt: skip
        self._world = world
        self._mates = mates
        self._witness = witness
        self._workload = workload
        self._chance = chance
        self.open = 0

    def plan(self, seconds: float) -> None:
        """Decide which schedules there are in these seconds; most histories have none.

        Nor has one with steps that take their workers with them: each run of them takes minutes.
        """
        chance = self._chance
        if chance.random() < 0.6 or self._is_poisonous():
            return
        self._witness.punctual.watches = True
        night = chance.choice((None, None, None, AUTUMN, SPRING))
        if night is not None:
            self._live_through(night.first)
        for number in range(chance.choice((1, 1, 2))):
            said = self._schedule(night.cron if night is not None else None)
            self._plan_one(f"s{number}", said, seconds)

    def _is_poisonous(self) -> bool:
        steps = self._workload.scripts.values()
        return any(act.poison for step in steps for script in step.values() for act in script.acts)

    def close(self) -> None:
        """Have the schedules end, once everything has been calm for a while."""
        if self._witness.punctual.watches:
            self.open += 1
            self._world.after(AGAIN_SECONDS, "the schedules end", self._end)

    def _live_through(self, first: float) -> None:
        """Begin shortly before the clocks are changed, and come to the hour after it in time."""
        world = self._world
        world.jump(first - 4.0 - world.wall())
        world.after(16.0, "an hour passes", partial(world.jump, 3590.0))

    def _schedule(self, cron: str | None) -> Schedule:
        chance = self._chance
        overlap = chance.choice(OVERLAPS)
        fast = overlap != "allow"  # of those that live beside each other there are not to be many
        said = Schedule(
            every=chance.choice((2.0, 3.0, 7.0) if fast else (8.0, 11.0)),
            inputs={"trail": []},
            catch_up=chance.choice(("latest", "all", "all", "skip")),
            catch_up_limit=chance.choice((2, 5)),
            overlap=overlap,
        )
        if cron is not None:
            return replace(said, every=None, cron=cron, timezone="Europe/Berlin")
        if chance.random() < 0.5:
            return said
        cron = chance.choice(("*/2 * * * * *", "*/5 * * * * *") if fast else ("*/10 * * * * *",))
        return replace(said, every=None, cron=cron)

    def _plan_one(self, name: str, said: Schedule, seconds: float) -> None:
        chance = self._chance
        flow = chance.choice(sorted({start for start, _ in self._workload.starts}))
        create = partial(_create, name=name, flow=flow, said=said)
        acts: dict[str, Act] = {
            "pauses": lambda door: door.pause(name),
            "resumes": lambda door: door.resume(name),
            "changes": partial(_change, name=name, seconds=chance.choice((5.0, 9.0))),
            "deletes": partial(_delete, name=name),
            "makes": create,
        }
        at = seconds * chance.random() / 3
        self._begin(at, f"makes {name}", create)
        for what in chance.choice(
            ((), (), ("pauses", "resumes"), ("changes",), ("deletes", "makes"))
        ):
            at += seconds * chance.random() / 2
            self._begin(at, f"{what} {name}", acts[what])

    def _begin(self, seconds: float, what: str, act: Act) -> None:
        self.open += 1
        self._world.after(seconds, what, partial(self._do, what, act))

    def _do(self, what: str, act: Act) -> None:
        """Do something through some process; where nobody can say that it was done, again."""
        life = self._mates.any()
        try:
            if life is not None:
                act(self._door(life))
                self.open -= 1
                return
        except (ScheduleNotFoundError, ScheduleTakenError):
            self.open -= 1  # others were first
            return
        except StoreError:
            pass  # whether it was written is not known: it is asked again below
        except Died:
            self._world.after(AGAIN_SECONDS, f"again: {what}", partial(self._do, what, act))
            raise
        self._world.after(AGAIN_SECONDS, f"again: {what}", partial(self._do, what, act))

    def _door(self, life: SimProcess) -> Schedules:
        """Return the door that users have, over a simulated process."""

        def nobody(*_: object) -> Any:
            raise AssertionError("nobody begins a run by hand here")

        return Schedules(life.store, life.process, self._workload.registry, nobody, nobody)

    def _end(self) -> None:
        """Wait until nothing can be going wrong any more, and then for as long as a look takes."""
        settled = self._world.is_settled
        act = self._check if settled else self._end
        seconds = CALM_SECONDS if settled else AGAIN_SECONDS
        self._world.after(seconds, "the schedules end", act)

    def _check(self) -> None:
        """Hold every schedule to having nothing left undone, and remove them all."""
        self._witness.punctual.check_nothing_is_due()
        for row in self._witness.store.schedules():
            self._begin(0.0, f"deletes {row.name}", partial(_delete, name=row.name))
        self.open -= 1


def _create(door: Schedules, *, name: str, flow: str, said: Schedule) -> None:
    door.create(name, flow, said)


def _change(door: Schedules, *, name: str, seconds: float) -> None:
    door.update(name, every=seconds)


def _delete(door: Schedules, *, name: str) -> None:
    door.delete(name)
