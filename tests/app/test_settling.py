"""Somebody settles what nobody knew."""

import threading

import pytest
from pydantic import BaseModel

from perdure.app.doctor import examine_run
from perdure.app.engine import Engine
from perdure.app.shown import show
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import current_step, idempotency_key
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.outcomes import outcome
from perdure.authoring.steps.retry import OutcomeUnknown
from perdure.errors import InvalidValueError, RunFailedError
from tests.app.scenes import until

KEYS: list[tuple[int, str]] = []


@pytest.fixture
def engine(tmp_path):
    registry = Registry()

    @workflow("payment", registry=registry)
    class Payment:
        class Context(BaseModel):
            charge: str = ""

        @step(start=True, at_most_once=True)
        def pay(self):
            KEYS.append((current_step().attempt, idempotency_key()))
            if current_step().attempt == 1:
                raise OutcomeUnknown("the line went dead")
            return goto(self.ship)

        @step
        def ship(self):
            return complete(shipped=True)

    KEYS.clear()
    with Engine(tmp_path / "p.db", registry=registry) as engine:
        yield engine


@pytest.fixture
def run(engine):
    """A payment of which nobody knows."""
    run = engine.start("payment")
    until(lambda: engine.view(run.id).unsettled)
    return run.refresh()


def test_a_run_rests_and_shows_what_is_unknown_and_why(engine, run):
    (pay,) = show(engine.store, run.id).steps
    (finding,) = examine_run(engine.store, run.id, engine.process.clock.now())

    assert (run.status, run.unsettled, run.wake_at) == ("waiting", "pay", None)
    assert (pay.status, pay.error["message"]) == ("outcome_unknown", "the line went dead")
    assert pay.failures == ()
    assert "nobody knows whether step 'pay' (attempt 1) was done: the line went dead" in (
        finding.text
    )
    assert finding.command.startswith(f"perdure settle {run.id} pay --done JSON | --not-done")
    assert finding.problem


def test_it_was_done_and_the_run_goes_on(engine, run):
    changed = engine.settle(run.id, "pay", outcome.done({"charge": "ch_1"}), by="ann", why="saw it")

    assert changed
    assert run.result(10) == {"charge": "ch_1", "shipped": True}
    assert run.unsettled is None
    assert len(KEYS) == 1


def test_it_was_not_done_and_is_run_again_under_the_same_key(engine, run):
    assert engine.settle(run.id, "pay", outcome.not_done())

    assert run.result(10)["shipped"]
    (first, second) = KEYS
    assert (first[0], second[0]) == (1, 2)
    assert first[1] == second[1]


def test_it_has_failed(engine, run):
    assert engine.settle(run.id, "pay", outcome.failed("the card was stolen"))

    with pytest.raises(RunFailedError, match="the card was stolen"):
        run.result(10)


def test_who_said_it_and_why_is_in_the_history(engine, run):
    engine.settle(run.id, "pay", outcome.done(), by="ann", why="saw it")
    run.wait(10)

    told = [row for row in engine.store.history(run.id) if "OutcomeSettled" in row.events]

    assert '["OutcomeSettled","pay",1,1,"done","ann","saw it"]' in told[0].events


def test_what_is_known_cannot_be_settled(engine, run):
    engine.settle(run.id, "pay", outcome.done(completes=True))
    run.wait(10)

    assert not engine.settle(run.id, "pay", outcome.done())
    assert not engine.settle(run.id, "ship", outcome.not_done())


@pytest.mark.parametrize(
    ("step_name", "said", "wrong"),
    [
        ("pai", outcome.not_done(), "Did you mean 'pay'"),
        ("mail", outcome.not_done(), "Its steps: pay, ship"),
        ("pay", outcome.unknown(), "settle with outcome.done"),
        ("pay", outcome.done(7), "names and values"),
        ("pay", outcome.done(then="mail"), "has no step 'mail'"),
        ("pay", outcome.done({"charge": float("nan")}), "outcome"),
        ("pay", outcome.done({"charge": 7}), "outcome: charge: 7 is not of type .string."),
        ("pay", outcome.failed("\ud800"), "settle"),
    ],
)
def test_what_cannot_be_said_is_refused_and_changes_nothing(engine, run, step_name, said, wrong):
    with pytest.raises(InvalidValueError, match=wrong):
        engine.settle(run.id, step_name, said)

    assert run.refresh().unsettled == "pay"


def test_of_two_who_settle_it_one_is_heard(engine, run):
    heard = []
    ends = [
        threading.Thread(
            target=lambda: heard.append(engine.settle(run.id, "pay", outcome.done(then="ship")))
        )
        for _ in range(2)
    ]

    for end in ends:
        end.start()
    for end in ends:
        end.join()

    assert sorted(heard) == [False, True]
