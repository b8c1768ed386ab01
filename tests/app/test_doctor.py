"""Why a run does not advance: each reason, with what to do about it."""

import threading
from dataclasses import replace

import pytest

from perdure.app.doctor import examine_run, examine_store, living
from perdure.authoring.plans import seal
from perdure.authoring.registry import Workflow
from perdure.errors import RunNotFoundError
from perdure.kernel import history
from perdure.kernel.plan import Plan, PlanKind, StepPlan
from perdure.ports.rows import WorkerRow
from perdure.runtime.records import dump_events
from tests.app.parcels import post_office, start_graph, until, until_waiting

SOON, LATER = 1.0, 100.0


@pytest.fixture
def engine(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        yield engine


@pytest.fixture
def idle(tmp_path):
    """An engine that executes nothing."""
    with post_office(tmp_path / "p.db", worker=False) as engine:
        yield engine


class Without:
    """A store as it looks when the processes on it are others than they are."""

    def __init__(self, store, workers=(), dead=False, info=None):
        self._store, self._workers, self._dead = store, list(workers), dead
        self._info = info or {}

    def __getattr__(self, name):
        return getattr(self._store, name)

    def workers(self):
        return self._workers

    def is_dead(self, _worker):
        return self._dead

    def info(self):
        return {**self._store.info(), **self._info}


def now_of(engine, plus=0.0):
    return engine.process.clock.now() + plus


def only(findings):
    (finding,) = findings
    return finding


def test_a_wait_is_told_with_the_command_that_ends_it(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)

    finding = only(examine_run(engine.store, run.id, now_of(engine)))

    assert finding.text == "step 'ask' waits for signal 'courier'"
    assert finding.command == f"perdure signal courier --run {run.id}"
    assert not finding.problem
    assert finding.since <= now_of(engine) < finding.until


def test_a_pause_is_told_with_who_and_why(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    engine.pause(run.id, by="ann", why="stocktaking")

    paused, waits = examine_run(engine.store, run.id, now_of(engine))

    assert paused.text == "it was paused by ann: stocktaking"
    assert paused.command == f"perdure resume {run.id}"
    assert paused.problem
    assert "waits for signal" in waits.text


def test_a_sleep_is_no_problem_until_it_is_over_and_nobody_noticed(engine):
    run = engine.start("parcel", nap=60.0)
    until(lambda: engine.view(run.id).status == "waiting")

    asleep = only(examine_run(engine.store, run.id, now_of(engine)))
    over = only(examine_run(Without(engine.store), run.id, now_of(engine, LATER)))

    assert (asleep.text, asleep.problem) == ("step 'pack' sleeps", False)
    assert asleep.until > now_of(engine)
    assert over.problem
    assert "is over, and nobody has noticed it: no process works on this store" in over.text
    assert over.command == f"perdure resume {run.id} --module MODULE"


def test_a_ready_step_that_nobody_claims_is_a_problem_after_a_while(idle):
    run = start_graph(idle, text="a")

    fresh = only(examine_run(idle.store, run.id, now_of(idle)))
    old = only(examine_run(idle.store, run.id, now_of(idle, SOON + 4)))
    alone = only(examine_run(Without(idle.store), run.id, now_of(idle, LATER)))

    assert (fresh.problem, "about to be claimed" in fresh.text) == (False, True)
    assert old.problem
    assert "may execute nothing" in old.text
    assert "nobody has claimed it: no process works on this store" in alone.text
    assert alone.command == f"perdure resume {run.id}"


def test_a_step_of_code_that_nobody_claims_may_not_be_hosted(idle):
    run = idle.start("parcel")

    finding = only(examine_run(idle.store, run.id, now_of(idle, 5)))

    assert (
        "it may not host workflow 'parcel' (version '1'), or all its slots are taken"
        in finding.text
    )
    assert finding.command.endswith("--module MODULE")


def test_an_attempt_is_told_with_the_process_that_works_on_it(engine):
    """The function holds until the doctor has looked."""
    begun, go = threading.Event(), threading.Event()
    run = hold(engine, begun, go)
    worker = only(engine.store.workers())

    here = only(examine_run(engine.store, run.id, now_of(engine)))
    died = only(examine_run(Without(engine.store, [worker], dead=True), run.id, now_of(engine)))
    ended = replace_lease(worker, now_of(engine) - 1)
    late = only(examine_run(Without(engine.store, [ended]), run.id, now_of(engine)))
    gone = only(examine_run(Without(engine.store), run.id, now_of(engine)))
    go.set()
    run.wait(10)

    assert here.text == (
        f"step 'hold' (attempt 1) is being worked on by process {worker.pid} on {worker.host}"
    )
    assert not here.problem
    assert "which has died" in died.text
    assert died.problem
    assert "whose lease has ended" in late.text
    assert "was claimed by a process that is gone" in gone.text


def hold(engine, begun, go):
    """Start a run whose step is being worked on until it is let go."""
    from perdure.authoring.steps.decorators import step, workflow
    from perdure.authoring.steps.directives import complete

    @workflow("holding", registry=engine.registry)
    class Holding:
        @step(start=True)
        def hold(self):
            begun.set()
            go.wait(20)
            return complete()

    run = engine.start("holding")
    assert begun.wait(10)
    return run


def replace_lease(worker, until):
    return WorkerRow(*worker[:4], until, worker.lock)


def test_a_retry_that_is_due_later_is_told_with_the_last_error(tmp_path):
    from perdure.authoring.steps.decorators import step, workflow
    from perdure.authoring.steps.retry import Retry

    with post_office(tmp_path / "p.db") as engine:

        @workflow("failing", registry=engine.registry)
        class Failing:
            @step(start=True, retry=Retry(max_attempts=3, base_delay=600.0))
            def break_(self):
                raise RuntimeError("no luck")

        run = engine.start("failing")
        until(lambda: engine.view(run.id).wake_at)

        now = now_of(engine)
        finding = only(examine_run(engine.store, run.id, now_of(engine)))

    assert finding.text == ("step 'break_' (attempt 2) is tried again, after error: no luck")
    assert now < finding.until < now + 700
    assert not finding.problem


def test_an_ended_run_needs_nothing_and_a_failed_one_a_retry(engine):
    fine = start_graph(engine, text="a").wait(10)
    failed = engine.start("parcel", weight=11)
    until_waiting(engine, failed)
    engine.signal("courier", run_id=failed.id)
    failed.wait(10)

    ended = only(examine_run(engine.store, fine.id, now_of(engine)))
    broken = only(examine_run(engine.store, failed.id, now_of(engine)))

    assert "it has ended" in ended.text
    assert not ended.problem
    assert "it failed at step 'send', failed: too heavy" in broken.text
    assert broken.command == f"perdure resume {failed.id} --retry"


def test_a_message_that_nobody_applies_is_a_problem(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    waiting = engine.store.load([run.id])[run.id]
    store = Without(engine.store)
    store.load = lambda _runs: {run.id: replace(waiting, inbox=(object(),))}

    message, _ = examine_run(store, run.id, now_of(engine))

    assert message.text == (
        "1 message(s) to it are accepted, and no process is there to apply them"
    )
    assert message.problem


def test_a_live_run_with_nothing_open_is_something_to_report(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    waiting = engine.store.load([run.id])[run.id]
    store = Without(engine.store)
    bare = replace(waiting, jobs=(), waits=(), timers=(), inbox=())
    store.load = lambda _runs: {run.id: bare}

    finding = only(examine_run(store, run.id, now_of(engine)))

    assert "please report it" in finding.text
    assert finding.command == f"perdure show {run.id} --history"


def test_messages_that_are_being_applied_are_no_problem(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    waiting = engine.store.load([run.id])[run.id]
    store = Without(engine.store, engine.store.workers())
    bare = replace(waiting, jobs=(), waits=(), timers=(), inbox=(object(),))
    store.load = lambda _runs: {run.id: bare}

    finding = only(examine_run(store, run.id, now_of(engine)))

    assert finding.text == "its messages are being applied at this moment"
    assert not finding.problem


def test_of_several_processes_none_has_claimed_it(idle):
    run = start_graph(idle, text="a")
    (worker,) = idle.store.workers()
    other = WorkerRow(99, "here", 4711, 0.0, now_of(idle, LATER), None)
    store = Without(idle.store, [worker, other])

    finding = only(examine_run(store, run.id, now_of(idle, 5)))

    assert f"none of the processes {worker.pid}, 4711 has claimed it" in finding.text


def test_a_wait_with_a_key_is_told_with_it(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel", key="box 7")
        until_waiting(engine, run)

        finding = only(examine_run(engine.store, run.id, now_of(engine)))

    assert finding.text == "step 'ask' waits for signal 'courier' with key 'box 7'"
    assert finding.command == f"perdure signal courier --run {run.id} --key 'box 7'"


def test_an_unknown_run_is_told(engine):
    with pytest.raises(RunNotFoundError):
        examine_run(engine.store, "run_nobody", now_of(engine))


def test_a_store_tells_its_processes_and_its_live_runs(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)

    health = examine_store(engine.store, now_of(engine))

    assert health.live == {("parcel", "waiting"): 1}
    assert len(health.processes) == 1
    assert health.info["durability"] == "full"
    assert not any(finding.problem for finding in health.findings)


def test_a_store_tells_what_nobody_claims_what_died_and_what_is_relaxed(idle):
    start_graph(idle, text="a")
    dead = WorkerRow(99, "elsewhere", 4711, 0.0, now_of(idle, LATER), None)
    store = Without(idle.store, [replace_lease(dead, 0.0)], info={"durability": "relaxed: process"})
    store.owned = lambda _worker: ["a job"]

    health = examine_store(store, now_of(idle, 5))

    texts = [finding.text for finding in health.findings if finding.problem]
    assert len(texts) == 3
    assert "durability is relaxed" in texts[0]
    assert "process 4711 on elsewhere died holding 1 attempt(s)" in texts[1]
    assert "1 run of 'tidying' could go on and nobody has claimed the next step" in texts[2]


def test_who_writes_now_is_named(idle):
    health = examine_store(Without(idle.store, info={"writer": 4711}), now_of(idle))

    assert only(health.findings).text == "process 4711 is writing to the store at this moment"


def test_living_leaves_out_the_dead_and_the_overdue(engine):
    now = now_of(engine)
    worker = only(engine.store.workers())

    assert [row.id for row in living(engine.store, now)] == [worker.id]
    assert living(engine.store, worker.lease_until + 60.0) == []
    assert living(Without(engine.store, [worker], dead=True), now) == []


def test_a_step_that_waits_for_a_function_says_which_process_it_needs(idle):
    step = StepPlan(name="shout", kind="data_processing", host="function:loud")
    plan = seal(Plan(workflow="noise", kind=PlanKind.GRAPH, steps=(step,)))
    run = idle.start(Workflow(plan=plan, begin=lambda _inputs: "{}"))

    finding = only(examine_run(idle.store, run.id, now_of(idle, plus=10.0)))

    assert finding.text.endswith("Only one that has function 'loud' may")
    assert finding.command == f"perdure resume {run.id} --module MODULE"


def test_a_run_that_does_not_fit_the_code_is_stranded_and_says_what_to_do(idle):
    """Its history says so; what a worker found is not found again here."""
    run = idle.start("parcel")
    stranded = history.RunStranded("ask", 1, 1, "plan_b", "step 'ask' is open, and is not there")
    step = idle.loaded(run.id).jobs[0].step
    stranded = replace(stranded, step=step)

    finding = only(examine_run(Stranding(idle.store, stranded), run.id, now_of(idle, 5)))

    assert finding.problem
    assert "is stranded" in finding.text
    assert "is open, and is not there. Put back what is missing" in finding.text
    assert f"@step(formerly={step!r})" in finding.text


class Stranding(Without):
    """A store in which a run was found not to fit."""

    def __init__(self, store, event):
        super().__init__(store)
        self._event = event

    def workers(self):
        return self._store.workers()

    def history(self, run, after=0, most=1000):
        rows = self._store.history(run, after, most)
        return [*rows, rows[-1]._replace(events=dump_events([self._event]))]
