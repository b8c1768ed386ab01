"""How many runs of a workflow live: what users may rely on, however runs come to be."""

from datetime import timedelta

import pytest

from perdure.app.doctor import examine_run, examine_store
from perdure.app.limits import LimitView
from perdure.authoring.registry import Registry
from perdure.authoring.schedules import Schedule
from perdure.authoring.steps.children import start_child
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, wait
from perdure.errors import (
    DefinitionError,
    InvalidValueError,
    LimitReachedError,
    UniqueKeyTakenError,
    UnknownWorkflowError,
)
from perdure.testing.sandbox import Sandbox
from tests.app.scenes import PATIENCE, asking, engine_of, until


def call(**said):
    """Return a registry with a workflow `call` that waits for `hang up`."""
    registry = Registry()

    @workflow("call", registry=registry, **said)
    class Call:
        @step(start=True)
        def talk(self):
            return wait.for_signal("hang up", then=self.end)

        @step
        def end(self):
            return complete()

    return registry


def hang_up(engine, run):
    engine.signal("hang up", run_id=run.id)
    engine.process_scheduled()


@pytest.fixture
def engine():
    with Sandbox(registry=call(max_live=2)) as sandbox:
        yield sandbox


@pytest.fixture
def strict():
    with Sandbox(registry=call(max_live=2, on_limit="refuse")) as sandbox:
        yield sandbox


def statuses(engine, runs):
    return [run.refresh().status for run in runs]


def test_runs_above_the_limit_wait_in_line_and_begin_in_order(engine):
    runs = [engine.start("call") for _ in range(4)]
    said = [(run.status, run.in_line) for run in runs]
    hang_up(engine, runs[1])

    assert said == [("running", False)] * 2 + [("pending", True)] * 2
    assert statuses(engine, runs) == ["waiting", "completed", "waiting", "pending"]
    assert [run.in_line for run in runs] == [False, False, False, True]


def test_the_higher_priority_goes_first(engine):
    first = engine.start_many("call", [{}, {}])
    late = engine.start("call", priority=0)
    urgent = engine.start("call", priority=5)
    hang_up(engine, first[0])

    assert statuses(engine, [late, urgent]) == ["pending", "waiting"]


def test_runs_that_are_started_together_tell_which_wait_in_line(engine):
    runs = engine.start_many("call", [{}] * 3)

    assert sorted(run.in_line for run in runs) == [False, False, True]


def test_whoever_is_refused_is_told_who_lives(strict):
    runs = [strict.start("call") for _ in range(2)]

    with pytest.raises(LimitReachedError, match="at most 2 runs of 'call' may live: run_") as told:
        strict.start("call")

    assert told.value.runs == tuple(run.id for run in runs)
    assert (told.value.workflow, told.value.most) == ("call", 2)
    assert len(strict.runs()) == 2
    hang_up(strict, runs[0])
    assert strict.start("call").refresh().status == "waiting"


def test_many_starts_are_refused_from_where_there_is_no_place(strict):
    with pytest.raises(LimitReachedError):
        strict.start_many("call", [{}] * 3)

    assert len(strict.runs()) == 2


def test_a_key_that_is_known_is_answered_though_there_is_no_place(strict):
    first = strict.start("call", idempotency_key="k")
    second = strict.start("call", unique_key="u")

    assert strict.start("call", idempotency_key="k").id == first.id
    assert strict.start("call", unique_key="u", on_conflict="return").id == second.id
    with pytest.raises(UniqueKeyTakenError):
        strict.start("call", unique_key="u")
    assert strict.start("call", unique_key="u", on_conflict="replace").id != second.id


def test_a_signal_that_starts_its_run_is_refused_or_waits_with_it(strict):
    runs = [strict.start("call") for _ in range(2)]

    with pytest.raises(LimitReachedError):
        strict.signal_with_start("call", "hang up", unique_key="k")
    strict.limits.set("call", on_limit="wait")
    answer = strict.signal_with_start("call", "hang up", unique_key="k")
    waits = strict.run(answer.started)
    before = (waits.status, waits.in_line)
    hang_up(strict, runs[0])

    assert before == ("pending", True)
    assert waits.refresh().status == "completed"


def test_a_transaction_with_a_start_too_many_starts_nothing(strict):
    strict.start("call")

    with pytest.raises(LimitReachedError), strict.transaction() as tx:
        strict.start("call", transaction=tx)
        strict.start("call", transaction=tx)

    assert len(strict.runs()) == 1


def test_a_transaction_may_start_runs_that_wait_in_line(engine):
    engine.start("call")
    with engine.transaction() as tx:
        receipts = [engine.start("call", transaction=tx) for _ in range(2)]

    assert statuses(engine, receipts) == ["waiting", "pending"]


def test_a_run_that_is_to_begin_later_needs_its_place_then():
    with Sandbox(registry=call(max_live=1)) as engine:
        later = engine.start("call", delay=60)
        now = engine.start("call")
        engine.clock.advance(seconds=61)
        waits = later.refresh()
        shown = (now.refresh().status, waits.status, waits.in_line)
        hang_up(engine, now)

        assert shown == ("waiting", "pending", True)
        assert later.refresh().status == "waiting"


def test_runs_of_schedules_wait_in_line_or_are_passed_over_with_the_reason():
    for on_limit, status in (("wait", ["pending", "waiting"]), ("refuse", ["waiting"])):
        with Sandbox(registry=call(max_live=1, on_limit=on_limit)) as engine:
            engine.start("call")
            engine.schedules.create("hourly", "call", Schedule(cron="@hourly", overlap="allow"))
            engine.clock.advance(hours=1)

            assert [run.status for run in engine.runs()] == status
            (made,) = engine.schedules.list()
            assert ("may live" in (made.error or "")) is (on_limit == "refuse")


def test_children_wait_in_line_and_their_parent_for_them():
    registry = call(max_live=1, on_limit="refuse")

    @workflow("office", registry=registry)
    class Office:
        @step(start=True)
        def ring(self):
            for _ in range(3):
                start_child("call")
            return wait.for_children(then=self.end)

        @step
        def end(self):
            return complete()

    with Sandbox(registry=registry) as engine:
        parent = engine.start("office")
        children = [row.id for row in engine.store.children(parent.id)]
        first = [engine.run(child).status for child in children]
        for child in children:
            hang_up(engine, engine.run(child))

        assert first == ["waiting", "pending", "pending"]
        assert parent.refresh().status == "completed"


def test_a_run_in_line_can_be_cancelled_paused_and_signalled(engine):
    first = engine.start_many("call", [{}, {}])
    gone, held, told = [engine.start("call") for _ in range(3)]
    engine.cancel(gone.id)
    engine.pause(held.id)
    engine.signal("hang up", run_id=told.id)
    hang_up(engine, first[0])
    passed_over = statuses(engine, [gone, held, told])
    engine.resume(held.id)

    assert passed_over == ["cancelled", "pending", "completed"]
    assert statuses(engine, [held]) == ["waiting"]


def test_a_run_lives_again_only_where_there_is_a_place():
    with Sandbox(registry=call(max_live=1)) as engine:
        ended = engine.start("call")
        hang_up(engine, ended)
        lives = engine.start("call")

        with pytest.raises(LimitReachedError, match=lives.id):
            engine.rewind(ended.id, "talk")
        with pytest.raises(LimitReachedError):
            engine.fork(ended.id, "talk")
        assert engine.rewind(lives.id, "talk").status == "waiting"
        hang_up(engine, lives)
        assert engine.rewind(ended.id, "talk").refresh().status == "waiting"


def test_a_limit_can_be_set_raised_lifted_and_reset(engine):
    runs = [engine.start("call") for _ in range(5)]
    raised = engine.limits.set("call", max_live=3)
    after = statuses(engine, runs)
    strict = engine.limits.set("call", on_limit="refuse")
    lifted = engine.limits.set("call", max_live=None)
    reset = engine.limits.reset("call")

    assert (raised.max_live, raised.live, raised.in_line, raised.is_set) == (3, 3, 2, True)
    assert raised.waiting_since is not None
    assert after == ["waiting"] * 3 + ["pending"] * 2
    assert (strict.max_live, strict.on_limit) == (3, "refuse")
    assert (lifted.max_live, lifted.live, lifted.in_line) == (None, 5, 0)
    assert statuses(engine, runs) == ["waiting"] * 5
    assert reset == LimitView(workflow="call", max_live=2, live=5, declared=2)


def test_a_workflow_that_says_nothing_can_be_limited_and_its_live_runs_count():
    with Sandbox(registry=call()) as engine:
        first = engine.start("call")
        engine.limits.set("call", max_live=1)

        assert engine.start("call").in_line
        assert engine.limits.get("call").live == 1
        hang_up(engine, first)
        assert [view.in_line for view in engine.limits.list()] == [0]


@pytest.mark.parametrize("most", [0, -1, True, 1.5, "2", 10**10])
def test_what_is_no_limit_is_refused(engine, most):
    with pytest.raises(InvalidValueError, match="max_live"):
        engine.limits.set("call", max_live=most)


def test_slips_are_told(engine):
    with pytest.raises(InvalidValueError, match="on_limit: it is one of wait, refuse, not 'queue'"):
        engine.limits.set("call", on_limit="queue")
    with pytest.raises(UnknownWorkflowError, match="no workflow 'cal' is known"):
        engine.limits.set("cal", max_live=1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"max_live": 0}, "max_live=...) is how many runs may live"),
        ({"max_live": 1, "on_limit": "drop"}, "is one of wait, refuse, not 'drop'"),
        ({"on_limit": "refuse"}, "Give max_live, too"),
    ],
)
def test_a_class_cannot_declare_what_means_nothing(said, why):
    with pytest.raises(DefinitionError) as told:
        call(**said)

    assert why in str(told.value)


def test_doctor_says_why_a_run_waits_in_line(engine):
    runs = [engine.start("call") for _ in range(3)]
    now = engine.process.clock.now()

    (finding,) = examine_run(engine.store, runs[2].id, now)
    (told,) = examine_store(engine.store, now).findings[-1:]

    assert finding.text == "it waits in line: 2 runs live of 'call', at most 2 may"
    assert finding.command == "perdure runs --workflow call --status live"
    assert told.text == "1 run waits in line: 2 runs live of 'call', at most 2 may"


def test_threads_and_engines_keep_a_limit_together(tmp_path):
    """Two processes' worth of engines over one file, and no virtual time."""
    flow = asking()
    with engine_of(flow, path=tmp_path / "s.db") as engine:
        engine.start("asking")
        engine.limits.set("asking", max_live=3)
        runs = engine.start_many("asking", [{}] * 8)
        until(lambda: len(engine.runs(status="waiting")) == 3)
        for run in runs:
            engine.signal("answer", run_id=run.id)
        first = engine.runs()[-1]
        engine.signal("answer", run_id=first.id)
        for run in runs:
            run.wait(PATIENCE)

        until(lambda: engine.limits.get("asking").live == 0)
        assert engine.limits.get("asking").in_line == 0


def test_a_deadline_counts_from_where_the_run_begins():
    with Sandbox(registry=call(max_live=1)) as engine:
        first = engine.start("call")
        second = engine.start("call", deadline=timedelta(minutes=1))
        engine.clock.advance(minutes=5)
        hang_up(engine, first)
        begun = second.refresh().status
        engine.clock.advance(minutes=2)

        assert begun == "waiting"
        assert second.refresh().status == "failed"
