"""A run as its callers have it: a snapshot, and its end as soon as it comes."""

from datetime import UTC, datetime

import pytest

from perdure.app.births import birth_of
from perdure.app.starting import StartOptions
from perdure.app.views import InertRun, Run, RunView, error_of, first_view, moment
from perdure.errors import InsideImportError, RunFailedError
from perdure.kernel.plan import StepPlan
from perdure.kernel.run import Failure, Status
from perdure.kernel.run import Run as KernelRun
from perdure.ports.commit import StepEnded
from perdure.runtime.hotrun import HotRun
from tests.app.scenes import PATIENCE, adding, asking, engine_of, failing, until
from tests.runtime.scenes import graph, machine, scene

PLAN = machine("a", "b")


def a_view(**but):
    fields = {"id": "run_1", "name": "n", "version": "1", "status": "running"}
    return RunView(**fields | {"current_step": "a", "data": {}} | but)


def ended_run(status=Status.COMPLETED, failure=None):
    return HotRun(
        run=KernelRun(id="run_1", status=status, failure=failure, cursor="b"),
        plan=PLAN,
        seq=3,
        context='{"n":2}',
    )


class Reader:
    """Has one run, which ends when the test says so."""

    def __init__(self, *views):
        self.views = list(views)
        self.waits = 0

    def view(self, _run):
        return self.views.pop(0) if len(self.views) > 1 else self.views[0]

    def result_of(self, view):
        return view.data

    def await_end(self, _run, timeout):
        self.waits += 1
        return timeout != 0.0


def test_a_run_shows_what_was_read_last():
    due = moment(60.0)
    view = a_view(status="waiting", waiting_signal="go", wake_at=due, data={"n": 1})
    run = Run(Reader(view), view)

    assert (run.id, run.name, run.version, run.status) == ("run_1", "n", "1", "waiting")
    assert (run.current_step, run.data, run.error) == ("a", {"n": 1}, None)
    assert (run.waiting_signal, run.wake_at, run.paused) == ("go", due, False)
    assert run.view is view
    assert repr(run) == "<Run run_1 of n: waiting>"


def test_it_is_read_again_on_request():
    run = Run(Reader(a_view(status="completed")), a_view())

    assert run.refresh() is run
    assert run.status == "completed"


def test_it_can_be_read_again_under_the_name_that_django_has_for_it():
    run = Run(Reader(a_view(status="completed")), a_view())

    assert run.refresh_from_db().status == "completed"


def test_an_end_in_this_process_need_not_be_read_from_the_store():
    run = Run(Reader(a_view(status="nobody asks")), a_view())
    run.ending.tell(ended_run(), 90.0)

    run.wait()

    assert (run.status, run.current_step, run.data) == ("completed", "b", {"n": 2})
    assert run.view.ended_at == datetime(1970, 1, 1, 0, 1, 30, tzinfo=UTC)


def test_a_failure_is_read_from_the_rows_which_say_more():
    view = a_view(status="failed", error={"type": "ValueError"}, ended_at=moment(90.0))
    run = Run(Reader(view), a_view())
    run.ending.tell(ended_run(Status.FAILED, Failure("a", "error", "no")), 90.0)

    with pytest.raises(RunFailedError):
        run.result()

    assert run.error == {"type": "ValueError"}


def test_a_run_that_was_retried_after_it_failed_is_waited_for_again():
    """Its end here is not its end any more."""
    reader = Reader(a_view(), a_view(status="completed", data={"n": 9}, ended_at=moment(9.0)))
    run = Run(reader, a_view(status="failed"))
    run.ending.tell(ended_run(Status.FAILED, Failure("a", "error", "no")), 90.0)

    assert run.result() == {"n": 9}
    assert reader.waits == 2


def test_a_retried_run_comes_to_its_result_through_the_handle_that_saw_it_fail():
    with engine_of(failing(1)) as engine:
        run = engine.start("failing").wait(PATIENCE)
        failed = run.status
        engine.retry(run.id)

        assert failed == "failed"
        assert run.result(PATIENCE) == {"attempts": 2}


def test_all_handles_of_a_run_are_told_of_its_end():
    with engine_of(asking()) as engine:
        first = engine.start("asking")
        until(lambda: first.refresh().status == "waiting")
        handles = [first, *(engine.run(first.id) for _ in range(3))]
        engine.signal("answer", {"n": 1})

        assert [run.result(PATIENCE) for run in handles] == [{"n": 1}] * 4
        assert len({id(run.ending) for run in handles}) == 1


# -- views ----------------------------------------------------------------------------------
def test_a_new_run_of_a_graph_is_at_the_first_step_that_needs_nothing():
    plan = graph(StepPlan(name="b", needs=("a",)), StepPlan(name="a"))

    birth = birth_of(plan, "", "{}", 0.0, StartOptions())

    assert first_view(birth, 0.0).current_step == "a"


def test_an_error_without_a_row_of_its_step_is_told_as_the_run_has_it():
    play = scene(PLAN)
    play.start()
    row = play.loaded().row
    error = '{"step":null,"kind":"deadline","message":"late"}'
    object.__setattr__(row, "error", error)

    told = error_of(row, [])

    assert told == {"type": "deadline", "step": None, "kind": "deadline", "message": "late"}


def test_an_error_is_told_with_what_its_step_knows_of_it():
    play = scene(PLAN)
    play.start()
    row = play.loaded().row
    object.__setattr__(row, "error", '{"step":"a","kind":"error","message":"no"}')
    ended = StepEnded(
        row.id, "a", 1, 3, "failed", 0.0, 1.0, None, '{"type":"ValueError","message":"no"}', None
    )

    told = error_of(row, [ended])

    assert told == {"type": "ValueError", "message": "no", "step": "a", "attempt": 3}


def test_a_run_without_an_error_has_none():
    with engine_of(adding()) as engine:
        run = engine.start("adding", n=1).wait(PATIENCE)

        assert error_of(engine.loaded(run.id).row, []) is None


# -- no run ---------------------------------------------------------------------------------
@pytest.mark.parametrize("use", ["refresh", "wait", "result"])
def test_a_run_that_is_none_says_why(use):
    run = InertRun("orders")

    with pytest.raises(InsideImportError, match="__main__"):
        getattr(run, use)()

    assert (run.id, run.name, run.status) == (None, "orders", "pending")


def test_there_is_no_result_of_what_is_no_run():
    run = InertRun("orders")

    with pytest.raises(InsideImportError):
        run._engine.result_of(run.view)
