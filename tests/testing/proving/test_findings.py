"""What is told of a finding: which step, what went before it, and what to do."""

from perdure import complete, current_step, get_context, step, wait, workflow
from perdure.testing import prove, world
from tests.testing.proving.mistakes import Base

receipts = world.service("receipts", recorded=True)


@workflow("forgets its receipt")
class Forgets(Base):
    @step(start=True)
    def charge(self):
        receipts("charge", key=current_step().idempotency_key)
        return complete()


@workflow("keeps its receipt")
class Keeps(Base):
    @step(start=True)
    def charge(self):
        get_context().receipt = receipts("charge", key=current_step().idempotency_key)
        return complete()


@workflow("reminds")
class Reminds(Base):
    @step(start=True)
    def remind(self):
        get_context().tries += 1
        receipt = receipts("mail", key=current_step().idempotency_key)
        get_context().receipt += receipt
        if get_context().tries == 3:
            return complete()
        return wait.for_signal("read", timeout=60, on_timeout="remind", then="end")

    @step()
    def end(self):
        return complete()


def test_an_acknowledged_effect_that_the_context_lacks_is_found():
    assert prove(Forgets, histories=3).finding.kind == "unrecorded"
    assert prove(Keeps, histories=20).ok


def test_a_second_reminder_is_no_double():
    assert (verdict := prove(Reminds, signals=[], histories=30)).ok, verdict


def test_a_check_may_return_false():
    assert prove(Keeps, check=lambda run: run.status == "completed", histories=5).ok
    assert prove(Keeps, check=lambda _: False, histories=5).finding.kind == "check"
