"""Births: when, until when, and under which keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from perdure.app.births import Starter, birth_of
from perdure.app.engine import Engine
from perdure.app.starting import StartOptions
from perdure.errors import InvalidValueError, RunNotFoundError, UniqueKeyTakenError
from perdure.kernel.messages import Start
from perdure.runtime.envelopes import Answer
from tests.app.scenes import PATIENCE, adding, asking, engine_of, flow, sleeping, until

NOW = 1_700_000_000.0
PLAN = adding().plan
MOMENT = datetime.fromtimestamp(NOW + 60, UTC)


def born(**options):
    return birth_of(PLAN, "", "{}", NOW, StartOptions(**options))


@pytest.fixture(params=["memory", "file"])
def path(request, tmp_path):
    return ":memory:" if request.param == "memory" else str(tmp_path / "s.db")


# -- when ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "at"),
    [
        ({}, None),
        ({"delay": 60}, NOW + 60),
        ({"delay": timedelta(0)}, NOW),
        ({"at": MOMENT}, NOW + 60),
    ],
)
def test_a_run_begins_now_after_a_delay_or_at_a_moment(options, at):
    assert born(**options).start == Start(at)


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({}, None),
        ({"deadline": timedelta(minutes=1)}, 60.0),
        ({"deadline": MOMENT}, 60.0),
        ({"deadline": MOMENT, "delay": 20}, 40.0),
        ({"deadline": 10, "at": MOMENT}, 10.0),
    ],
)
def test_a_deadline_counts_from_the_start(options, seconds):
    assert born(**options).born.deadline == seconds


@pytest.mark.parametrize(
    "wrong",
    [
        {"delay": 1, "at": MOMENT},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"at": 5},
        {"delay": "soon"},
        {"deadline": 0},
        {"deadline": MOMENT, "delay": 60},
        {"priority": 1.5},
        {"on_conflict": "ignore"},
        {"unique_key": ""},
        {"idempotency_key": 7},
        {"tags": "vip"},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(InvalidValueError):
        born(**wrong)


def test_a_run_that_is_to_begin_later_is_pending_and_begins(path):
    with engine_of(adding(), path=path) as engine:
        run = engine.start("adding", n=1, delay=0.2)

        assert (run.status, run.current_step) == ("pending", None)
        assert run.refresh().status == "pending"
        assert run.wake_at is not None
        assert run.result(PATIENCE) == {"n": 2}


def test_a_pending_run_outlives_its_process_and_begins_once(tmp_path):
    """Crash: the store is left as it is; another process begins the run when its time has come."""
    with engine_of(adding(), path=tmp_path / "s.db", worker=False) as engine:
        run = engine.start("adding", n=1, delay=0.1)
    with engine_of(adding(), path=tmp_path / "s.db") as engine:
        assert engine.run(run.id).result(PATIENCE) == {"n": 2}
        starts = [row for row in engine.store.history(run.id) if "RunStarted" in row.events]

    assert len(starts) == 1


def test_a_pending_run_can_be_cancelled(path):
    with engine_of(adding(), path=path) as engine:
        run = engine.start("adding", n=1, delay=3600)

        assert engine.cancel(run.id)
        assert run.refresh().status == "cancelled"
        assert run.wake_at is None


def test_a_run_that_is_late_for_its_deadline_fails(path):
    with engine_of(asking(), path=path) as engine:
        run = engine.start("asking", deadline=0.05).wait(PATIENCE)

        assert (run.status, run.error["kind"]) == ("failed", "deadline")


def test_a_run_that_is_retried_has_its_deadline_again(path):
    with engine_of(asking(), path=path) as engine:
        run = engine.start("asking", deadline=0.05).wait(PATIENCE)
        assert engine.retry(run.id, by="ann", why="once more")

        until(lambda: run.refresh().status == "failed", "the second deadline")


# -- keys ------------------------------------------------------------------------------------
def test_a_unique_key_is_refused_while_its_run_lives(path):
    with engine_of(asking(), path=path) as engine:
        first = engine.start("asking", unique_key="order-1")

        with pytest.raises(UniqueKeyTakenError) as refused:
            engine.start("asking", unique_key="order-1")
        assert (refused.value.run, refused.value.key) == (first.id, "order-1")

        engine.cancel(first.id)
        assert engine.start("asking", unique_key="order-1").id != first.id


def test_a_unique_key_can_give_the_run_that_has_it(path):
    with engine_of(asking(), path=path) as engine:
        first = engine.start("asking", unique_key="order-1")

        assert engine.start("asking", unique_key="order-1", on_conflict="return").id == first.id


def test_a_run_can_replace_the_one_that_has_its_key(path):
    with engine_of(asking(), path=path) as engine:
        first = engine.start("asking", unique_key="order-1")
        second = engine.start("asking", unique_key="order-1", on_conflict="replace")

        assert first.refresh().status == "cancelled"
        assert second.id != first.id
        assert second.refresh().status != "cancelled"
        told = "".join(row.events for row in engine.store.history(first.id))
        assert f"replaced by {second.id}" in told


def test_who_replaces_a_run_waits_for_its_clean_up(path):
    made = flow("asking", {**dict(asking().bodies), "undo": asking().bodies["take"]})
    from perdure.authoring import plans

    cleaning = replace(made, plan=plans.seal(replace(made.plan, on_cancel="undo")))
    with engine_of(cleaning, path=path) as engine:
        first = engine.start("asking", unique_key="order-1")
        second = engine.start("asking", unique_key="order-1", on_conflict="replace")

        assert first.refresh().status == "cancelled"
        assert engine.store.by_unique_key("order-1") == second.id


def test_an_idempotency_key_comes_before_a_unique_one(path):
    with engine_of(asking(), path=path) as engine:
        keys = {"idempotency_key": "i", "unique_key": "u"}
        first = engine.start("asking", **keys)

        assert engine.start("asking", **keys).id == first.id


class Answers:
    """A store and a ledger whose answers the test gives."""

    def __init__(self, found, *, holders=(), start_key=None):
        self.found = list(found)
        self.holders = list(holders)
        self.start_key = start_key
        self.sent = []

    def send(self, envelopes):
        self.sent.append(envelopes)
        return [Answer(found=self.found.pop(0)) for _ in envelopes]

    def by_unique_key(self, _key):
        return self.holders.pop(0)

    def by_start_key(self, _key):
        return self.start_key

    def start(self, birth, on_conflict="refuse"):
        return Starter(self, self.send, lambda _run: None).start(birth, on_conflict)


def test_a_key_that_became_free_meanwhile_is_taken():
    answers = Answers([False, True], holders=[None])
    birth = born(unique_key="u")

    assert answers.start(birth).run == birth.run
    assert len(answers.sent) == 2


def test_a_run_that_was_born_after_all_is_the_answer():
    """Nobody could say whether its commit took place, and it was told again."""
    birth = born(unique_key="u")

    assert Answers([False], holders=[birth.run]).start(birth).run == birth.run
    assert Answers([False]).start(born()).run.startswith("run_")


def test_a_key_whose_first_run_is_gone_is_an_error():
    with pytest.raises(RunNotFoundError, match="free again"):
        Answers([False]).start(born(idempotency_key="i"))


# -- found by --------------------------------------------------------------------------------
def test_runs_are_found_by_tags_and_search_attributes(path):
    with engine_of(sleeping(60), path=path) as engine:
        vip = engine.start(
            "sleeping", tags=["vip", "eu"], attributes={"customer": 42, "amount": 9.5}
        )
        engine.start("sleeping", tags=["eu"], attributes={"customer": 43, "amount": 100})

        def found(where, **query):
            return [view.id for view in engine.runs(where=where, **query)]

        assert found({"customer": 42}) == found("customer=42") == found("tag=vip") == [vip.id]
        assert found(["tag=eu", "amount<10"]) == [vip.id]
        assert len(found("tag=eu")) == 2
        assert found("tag=eu", status="completed") == []
        assert (vip.view.tags, vip.view.attributes) == (
            ("vip", "eu"),
            {"customer": "42", "amount": "9.5"},
        )
        assert engine.view(vip.id).tags == ("eu", "vip")


def test_an_engine_takes_every_option_together(path):
    with engine_of(adding(), path=path) as engine:
        assert isinstance(engine, Engine)
        run = engine.start(
            "adding", n=1, delay=0, deadline=60, priority=3, unique_key="u", fair_key="ann"
        )

        assert run.result(PATIENCE) == {"n": 2}
        assert engine.loaded(run.id).row.priority == 3
        assert engine.loaded(run.id).row.fair == "ann"
