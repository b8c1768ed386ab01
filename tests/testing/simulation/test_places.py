"""What must hold of places: the judge sees each way of breaking it."""

import pytest

from perdure.authoring.plans import seal
from perdure.errors import LimitReachedError
from perdure.kernel import history
from perdure.kernel.evolve import evolve
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.limits import Full, LimitRow
from perdure.runtime.envelopes import Answer, Birth
from perdure.stores.memory import MemoryStore
from perdure.testing.simulation.places import PlaceJudge, SimLimits
from perdure.testing.simulation.track import Track
from perdure.testing.simulation.world import Violation
from tests.conformance.given import apply, born, wait
from tests.testing.simulation.scenes import world

PLAN = seal(Plan(workflow="order", steps=(StepPlan(name="a"),), start="a"))
TURN = '["Start"]'


class Court:
    """A store of which a judge is told, whoever wrote to it."""

    def __init__(self, most=1):
        self.store = MemoryStore()
        self.tracks = {}
        self.judge = PlaceJudge(self.store, world(), self.tracks)
        self.limit(most)

    def limit(self, most):
        write = lambda _what, ask, _runs: ask()  # noqa: E731 - what a simulated process does
        limits = SimLimits(self.store.limits, write, self.judge.forget)
        limits.put(LimitRow("order", None, 1, 1, most, 1), TURN)
        return limits.standing()

    def live(self, *runs):
        for run in runs:
            apply(self.store, born=[born(run)])
            self.tracks[run] = Track(run, PLAN)
            evolve(PLAN, self.tracks[run].run, history.RunStarted())

    def line_up(self, run, due=1.0):
        line = wait(run, "", 0, kind="line", name="order", due=due)
        apply(self.store, born=[born(run, status="pending")], waits_made=[line])
        self.tracks[run] = Track(run, PLAN)

    def tell(self, run):
        with self.store.transaction() as open_:
            from perdure.ports.commit import InboxMade

            open_.put([InboxMade(run, TURN, None, None)])


def test_more_that_live_than_may_are_seen():
    court = Court()
    court.live("r1")
    court.judge.committed()
    court.live("r2")

    with pytest.raises(Violation, match="live, 1 of order may"):
        court.judge.committed()


def test_those_that_lived_before_a_limit_was_set_may():
    court = Court(None)
    court.live("r1", "r2")
    assert court.limit(1)[0].most == 1

    court.judge.committed()


def test_a_line_that_does_not_move_is_seen():
    court = Court()
    court.line_up("w1")

    with pytest.raises(Violation, match="wait, and only"):
        court.judge.committed()


def test_who_was_told_to_begin_is_waited_for():
    court = Court()
    court.line_up("w1")
    court.tell("w1")
    court.line_up("w2")

    court.judge.committed()


def test_who_comes_before_his_turn_is_seen():
    court = Court()
    court.live("r1")
    court.line_up("w1", 1.0)
    court.line_up("w2", 2.0)
    court.judge.committed()
    court.tell("w2")

    with pytest.raises(Violation, match="went before"):
        court.judge.committed()


def test_a_history_without_limits_is_not_looked_at():
    court = Court()
    judge = PlaceJudge(court.store, world(), court.tracks)
    court.line_up("w1")

    judge.committed()


# -- who found no place ------------------------------------------------------------------------
def full(run, waits=0, most=1):
    return Full(run, "order", most, waits, ())


def test_who_is_told_that_there_is_no_place_where_there_is_one_is_seen():
    court = Court(2)
    court.live("r1")

    with pytest.raises(Violation, match="found no place, 1 are taken"):
        court.judge.committed([full("r2", most=2)])


def test_who_is_refused_where_all_places_are_taken_is_not():
    court = Court()
    court.live("r1")

    court.judge.committed([full("r2")])


def test_a_refused_start_that_is_there_is_seen():
    court = Court()
    court.live("r1")
    refused = Answer(error=LimitReachedError("order", 1, ("r1",)))

    court.judge.answered(birth("r2"), refused)
    with pytest.raises(Violation, match="was refused, and it is there"):
        court.judge.answered(birth("r1"), refused)


@pytest.mark.parametrize("waits", [0, 1])
def test_a_start_that_waits_in_line_though_it_was_to_be_refused_is_seen(waits):
    court = Court()
    court.live("r1")
    court.judge.committed([full("r2", waits)])
    lined_up = Answer(in_line=True)

    if waits:
        court.judge.answered(birth("r2"), lined_up)
    else:
        with pytest.raises(Violation, match="was to be refused"):
            court.judge.answered(birth("r2"), lined_up)


def birth(run):
    return Birth(born(run), PLAN, "", "{}")
