"""Schedules are held to the rules, each of which can be broken."""

import pytest

from perdure.authoring.recurrence import times
from perdure.authoring.schedules import Schedule, dump
from perdure.ports.commit import Label
from perdure.ports.rows import ScheduleRow
from perdure.testing.simulation.punctual import AUTUMN, SPRING, Punctual, times_between
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.scenes import Scene, birth

NOW = 1_750_000_000.0


def row(said=None, **but):
    made = ScheduleRow(
        name="s", seq=1, workflow="story", said=dump(said or Schedule(every=2.0)), declared=0,
        hosted=0, paused=0, made_at=NOW, next_at=NOW + 2.0,
    )  # fmt: skip
    return made._replace(**but)


class Stage(Scene):
    """A store whose schedules and runs the test writes as it likes."""

    def __init__(self):
        super().__init__()
        self.world.latest = NOW + 100.0
        self.judge = self.witness.punctual
        self.judge.watches = True

    def put(self, row, old=0):
        assert self.inner.put_schedule(row, old)
        self.judge.look(())

    def bear(self, run, at, name="s"):
        made = birth(run)
        made.labels = [Label(run, "schedule", name, None), Label(run, "scheduled_for", "x", at)]
        self.witness.punctual.watches = False
        self.commit(made)
        self.witness.punctual.watches = True

    def go_on(self, before, run, at, **but):
        """Have a schedule go on with the birth of this run, and look at both."""
        self.bear(run, at)
        after = before._replace(seq=before.seq + 1, last_run=run, last_at=at, next_at=at + 2.0)
        assert self.inner.put_schedule(after._replace(**but), before.seq)
        self.judge.look([run])
        return after._replace(**but)


@pytest.fixture
def stage():
    made = Stage()
    yield made
    made.inner.close()


@pytest.mark.parametrize(
    "said",
    [Schedule(every=7.0), Schedule(cron="*/5 * * * * *"),
     *(Schedule(cron=night.cron, timezone="Europe/Berlin") for night in (AUTUMN, SPRING))],
)  # fmt: skip
def test_what_is_said_a_second_time_is_the_same(said):
    first = NOW if said.timezone == "UTC" else (
        AUTUMN if said.cron == AUTUMN.cron else SPRING
    ).first - 5.0  # fmt: skip
    made = row(said, made_at=first)

    wanted = list(times(said.recurrence(first), first, first + 4000.0))

    assert list(times_between(made, first, first + 4000.0)) == wanted


def test_a_schedule_that_goes_on_with_its_runs_breaks_no_rule(stage):
    first = row(Schedule(every=2.0, overlap="allow"))
    stage.put(first)

    second = stage.go_on(first, "run-1", NOW + 2.0)
    stage.go_on(second, "run-2", NOW + 4.0)

    assert stage.world.trace.counts["a schedule began a run"] == 2


def test_runs_of_nobodys_schedule_are_left_alone(stage):
    stage.commit(birth("run-1"))

    stage.judge.look(["run-1"])


def test_nothing_is_asked_where_there_are_no_schedules(stage):
    stage.judge.watches = False
    stage.bear("run-1", NOW + 900.0)
    stage.judge.watches = False

    stage.judge.look(["run-1"])


@pytest.mark.parametrize(
    ("rule", "at", "but"),
    [
        ("S1", NOW + 102.0, {}),
        ("S4", NOW + 3.0, {}),
        ("S5", NOW + 2.0, {"paused": 1}),
        ("S5", NOW + 2.0, {"last_run": "run-9"}),
        ("S5", NOW + 2.0, {"next_at": NOW + 6.0}),
        ("S5", NOW + 2.0, {"error": "no"}),
    ],
)
def test_a_run_that_is_not_of_its_time_or_alone_moves_its_schedule(stage, rule, at, but):
    stage.put(row())

    with pytest.raises(Violation, match=f"^{rule}:"):
        stage.go_on(row(), "run-1", at, **but)


def test_two_runs_of_one_time_are_told(stage):
    stage.put(row(Schedule(every=2.0, overlap="allow")))
    second = stage.go_on(row(Schedule(every=2.0, overlap="allow")), "run-1", NOW + 2.0)

    with pytest.raises(Violation, match="^S2:"):
        stage.go_on(second, "run-2", NOW + 2.0)


def test_a_run_beside_another_one_that_is_to_be_alone_is_told(stage):
    stage.put(row())
    second = stage.go_on(row(), "run-1", NOW + 2.0)

    with pytest.raises(Violation, match="^S3:"):
        stage.go_on(second, "run-2", NOW + 4.0)


def test_a_time_without_a_run_is_told_unless_a_policy_says_so(stage):
    stage.put(row())

    with pytest.raises(Violation, match="^S5: .* has no run"):
        stage.put(row(seq=2, next_at=NOW + 4.0), 1)


def test_a_time_that_was_skipped_or_came_too_late_is_in_order(stage):
    late = row(Schedule(every=2.0, catch_up="skip"), name="late")
    stage.put(row())
    stage.put(late)

    stage.put(row(seq=2, next_at=NOW + 4.0, skipped=1), 1)
    stage.put(late._replace(seq=2, next_at=NOW + 102.0), 1)

    assert stage.world.trace.counts["a time of a schedule was skipped"] == 1
    assert stage.world.trace.counts["a time of a schedule came too late"] == 1


def test_a_schedule_that_runs_ahead_is_told(stage):
    stage.put(row())

    with pytest.raises(Violation, match="^S5: .* beyond"):
        stage.put(row(seq=2, next_at=NOW + 200.0, skipped=1), 1)


def test_times_that_are_to_be_caught_up_are_not_lost(stage):
    said = Schedule(every=2.0, catch_up="all", catch_up_limit=1000)
    stage.put(row(said))

    with pytest.raises(Violation, match="have no run though all are caught up"):
        stage.go_on(row(said), "run-1", NOW + 6.0)


def test_times_beyond_the_limit_are_lost(stage):
    said = Schedule(every=2.0, catch_up="all", catch_up_limit=5)
    stage.put(row(said))

    stage.go_on(row(said), "run-1", NOW + 6.0)

    assert stage.world.trace.counts["times of a schedule were not caught up"] == 1


def test_what_people_change_needs_no_cause(stage):
    stage.put(row())

    stage.put(row(seq=2, paused=1, next_at=None), 1)
    stage.put(row(seq=3, next_at=NOW + 50.0), 2)

    assert stage.world.trace.counts["a schedule was changed"] == 2


def test_what_stays_due_is_told_in_the_end(stage):
    stage.put(row())

    with pytest.raises(Violation, match="^S6:"):
        stage.judge.check_nothing_is_due()


def test_what_is_paused_or_waits_for_a_run_may_stay(stage):
    stage.put(row(paused=1, next_at=None))
    stage.judge.check_nothing_is_due()
    stage.inner.drop_schedule("s")
    queued = row(Schedule(every=2.0, overlap="queue"))
    stage.put(queued)
    stage.go_on(queued, "run-1", NOW + 2.0)

    stage.judge.check_nothing_is_due()


def test_it_sees_nothing_before_it_is_told_to():
    scene = Scene()

    assert not Punctual(scene.inner, scene.world, {}).watches
    scene.inner.close()
