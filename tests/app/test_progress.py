"""What a run's steps are doing, folded from its history as it grows."""

from perdure.app import progress as module
from perdure.app.progress import Progress
from perdure.kernel import history
from perdure.ports.commit import Written
from perdure.runtime.records import dump_events


class Told:
    """A store that has nothing but a history, which grows."""

    def __init__(self):
        self.rows = []

    def tell(self, at, *events):
        self.rows.append(
            Written("run", len(self.rows) + 1, at, '["Continue"]', dump_events(events))
        )

    def history(self, _run, after=0, most=1000):
        return [row for row in self.rows if row.seq > after][:most]


def followed(*told):
    """Return the progress of a run of which this was told, one at a time."""
    store = Told()
    progress = Progress(store, "run")
    for at, *events in told:
        store.tell(at, *events)
        progress.look()
    return progress


def test_a_visit_of_which_nobody_knows_is_open_until_it_is_settled():
    unknown = followed(
        (1.0, history.StepScheduled("a", 1, 1, 1.0)),
        (2.0, history.AttemptFailed("a", 1, 1, "timeout", "late")),
        (2.0, history.VerifyScheduled("a", 1, 2, 2.0)),
        (3.0, history.OutcomeUnknown("a", 1, 2, "worker_died", "gone")),
    )
    again = followed(
        (1.0, history.StepScheduled("a", 1, 1, 1.0)),
        (3.0, history.OutcomeUnknown("a", 1, 1, "worker_died", "gone")),
        (4.0, history.OutcomeSettled("a", 1, 1, "not_done", "me", "")),
        (4.0, history.StepScheduled("a", 1, 2, 4.0)),
    )

    (visit,) = unknown.visits()
    assert (visit.state, visit.attempt, visit.is_open) == ("outcome_unknown", 2, True)
    assert visit.error == ("worker_died", "gone")
    assert again.visits()[0].state == "scheduled"


def test_a_visit_is_scheduled_and_ends():
    progress = followed(
        (1.0, history.RunStarted(), history.StepScheduled("a", 1, 1, 1.5)),
        (3.0, history.StepSucceeded("a", 1, 1)),
    )

    (visit,) = progress.visits()
    assert (visit.state, visit.begun_at, visit.ended_at) == ("completed", 1.5, 3.0)
    assert not visit.is_open
    assert progress.counts == {"completed": 1}


def test_a_failed_attempt_is_remembered_while_the_next_one_is_due():
    progress = followed(
        (1.0, history.StepScheduled("a", 1, 1, 1.0)),
        (
            2.0,
            history.AttemptFailed("a", 1, 1, "error", "no"),
            history.StepScheduled("a", 1, 2, 9.0),
        ),
    )

    visit = progress.visit("a", 1)
    assert (visit.state, visit.attempt, visit.due) == ("scheduled", 2, 9.0)
    assert visit.error == ("error", "no")


def test_a_visit_that_sleeps_is_open_until_its_time_has_come():
    begun = (
        (1.0, history.StepScheduled("a", 1, 1, 1.0)),
        (2.0, history.StepSucceeded("a", 1, 1), history.SleepBegun("a", 1, 60.0, "b")),
    )
    fired = (60.0, history.TimerEnded("a", 1, "sleep", fired=True))
    called_off = (60.0, history.TimerEnded("a", 1, "sleep", fired=False))

    assert (followed(*begun).visits()[0].state, followed(*begun).visits()[0].due) == (
        "sleeping",
        60.0,
    )
    assert followed(*begun).counts.total() == 0
    assert followed(*begun, fired).visits()[0].state == "completed"
    assert followed(*begun, fired).visits()[0].ended_at == 2.0, "its work had ended before"
    assert followed(*begun, called_off).visits()[0].state == "stopped"


def test_a_visit_that_waits_is_open_until_a_signal_or_its_timeout():
    begun = (
        (1.0, history.StepScheduled("a", 1, 1, 1.0)),
        (
            2.0,
            history.StepSucceeded("a", 1, 1),
            history.WaitBegun("a", 1, "go", None, 9.0, "b", None),
        ),
    )
    taken = (
        (
            5.0,
            history.SignalTaken("a", 1, 7, "go"),
            history.TimerEnded("a", 1, "wait", fired=False),
        ),
    )

    waiting = followed(*begun).visits()[0]

    assert (waiting.state, waiting.signal, waiting.due) == ("waiting", "go", 9.0)
    assert followed(*begun, *taken).counts == {"completed": 1}
    assert followed(*begun, (9.0, history.TimerEnded("a", 1, "wait", fired=True))).counts == {
        "completed": 1
    }
    assert followed(*begun, (9.0, history.AttemptStopped("a", 1, 0))).counts["stopped"] == 1


def test_a_step_that_fails_is_skipped_or_stopped_says_so():
    progress = followed(
        (1.0, history.StepScheduled("a", 1, 1, 1.0), history.StepScheduled("b", 1, 1, 1.0)),
        (
            2.0,
            history.StepFailed("a", 1, 1, "timeout", "late"),
            history.StepSkipped("c", broken=True),
        ),
        (3.0, history.AttemptStopped("b", 1, 1), history.TimerEnded("", 0, "deadline", fired=True)),
    )

    states = {name: visit.state for name, visit in progress.latest().items()}
    assert states == {"a": "failed", "b": "stopped", "c": "skipped"}
    assert progress.latest()["a"].error == ("timeout", "late")


def test_a_look_returns_what_is_new_with_its_time():
    store = Told()
    progress = Progress(store, "run")
    store.tell(1.0, history.RunStarted())
    first = progress.look()
    store.tell(2.0, history.RunCompleted())

    second, third = progress.look(), progress.look()

    assert first == [(1.0, history.RunStarted())]
    assert second == [(2.0, history.RunCompleted())]
    assert third == []


def test_a_long_history_is_read_in_pages(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    store = Told()
    for number in range(1, 6):
        store.tell(1.0, history.StepScheduled("a", number, 1, 1.0))

    assert len(Progress(store, "run").look()) == 5


def test_old_visits_of_a_long_run_are_forgotten_and_counted(monkeypatch):
    monkeypatch.setattr(module, "MOST_ENDED", 3)
    told = [(1.0, history.StepScheduled("once", 1, 1, 1.0), history.StepSucceeded("once", 1, 1))]
    for number in range(1, 11):
        told.append((2.0, history.StepScheduled("a", number, 1, 2.0)))
        told.append((3.0, history.StepSucceeded("a", number, 1)))

    progress = followed(*told)

    assert progress.counts["completed"] == 11
    assert len(progress.visits()) <= 5
    assert progress.visit("a", 10) is not None
    assert progress.visit("a", 1) is None
    assert set(progress.latest()) == {"once", "a"}, "the last visit of each step is kept"
