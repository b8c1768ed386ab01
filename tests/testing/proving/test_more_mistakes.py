"""Mistakes that came to mind when the detectors were there already."""

import time

import pytest

from perdure import (
    complete,
    current_step,
    engine,
    get_context,
    goto,
    outcome,
    start_child,
    step,
    wait,
)
from perdure import workflow as declared
from perdure.testing import prove, world
from tests.testing.proving.mistakes import Base

payments = world.service("payments")
till = world.service("till", idempotent=False, fails=False, recorded=True)


def counted(number, seen=[]):  # noqa: B006 - the mistake
    seen.append(number)
    return len(seen)


@declared("one key for two things")
class OneKey(Base):
    @step(start=True)
    def charge(self):
        key = current_step().idempotency_key
        payments("charge", key=key, amount=3)
        payments("refund", key=key, amount=3)
        return complete()


@declared("tries again inside of a step")
class TriesAgain(Base):
    @step(start=True)
    def charge(self):
        try:
            payments("charge", amount=3)
        except TimeoutError:
            payments("charge", amount=3)
        return complete()


@declared("starts a run by the engine")
class StartsByEngine(Base):
    @step(start=True)
    def begin(self):
        engine.start("one key for two things")
        return complete()


@declared("formats the time of day")
class TimeOfDay(Base):
    @step(start=True)
    def look(self):
        return complete(year=time.localtime().tm_year)


@declared("counts in a default")
class CountsInDefault(Base):
    @step(start=True)
    def count(self):
        counted(1)
        return goto(self.again)

    @step()
    def again(self):
        return complete(n=counted(2))


@declared("a careless child")
class Careless(Base):
    @step(start=True)
    def charge(self):
        payments("charge", amount=3)
        return complete()


@declared("a careful child")
class Careful(Base):
    @step(start=True)
    def charge(self):
        payments("charge", key=current_step().idempotency_key, amount=3)
        return complete()


@declared("parent of a careless child")
class ParentOfCareless(Base):
    @step(start=True)
    def begin(self):
        start_child("a careless child")
        return wait.for_children(then=self.end)

    @step()
    def end(self):
        return complete()


@declared("parent of a careful child")
class ParentOfCareful(Base):
    @step(start=True)
    def begin(self):
        get_context().tries += 1
        start_child("a careful child")
        return wait.for_children(then=self.end)

    @step()
    def end(self):
        return complete()


def was_charged(key, _context):
    if (receipt := till.find(key)) is None:
        return outcome.not_done()
    return complete(receipt=receipt)


@declared("asks what came of it")
class Asks(Base):
    @step(start=True, at_most_once=True, verify=was_charged)
    def charge(self):
        get_context().receipt = till("charge", key=current_step().idempotency_key)
        return complete()


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (OneKey, "key used twice"),
        (StartsByEngine, "the engine itself"),
        (TimeOfDay, "the real clock"),
        (TriesAgain, "done twice"),
        (ParentOfCareless, "done twice"),
    ],
)
def test_a_mistake_is_found(broken, kind):
    verdict = prove(broken)

    assert verdict.finding is not None
    assert verdict.finding.kind == kind, str(verdict)


def test_data_in_a_functions_default_is_lost_with_its_process():
    verdict = prove(CountsInDefault, check=lambda run: run.data["n"] == 2)

    assert verdict.finding.kind == "check"


def test_a_child_that_keeps_the_rules_passes():
    assert (verdict := prove(ParentOfCareful, histories=40)).ok, verdict


def test_a_step_that_is_run_once_and_verified_passes():
    assert (verdict := prove(Asks, histories=60)).ok, verdict
