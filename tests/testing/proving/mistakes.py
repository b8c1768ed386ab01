"""Workflows with a mistake each, and their repaired twins."""

import uuid

from pydantic import BaseModel

from perdure import (
    complete,
    current_step,
    get_context,
    goto,
    sleep,
    step,
    wait,
    workflow,
)
from perdure.testing import Signal, scenario_of, world

payments = world.service("payments")
terminal = world.service("terminal", idempotent=False, fails=False)
mail = world.service("mail", fails=False)

DAY = 86_400
PAIRS = {}
SEEN = {}


class Base:
    class Context(BaseModel):
        order_id: int = 0
        receipt: str = ""
        refund: str = ""
        paid: bool = False
        tries: int = 0
        items: list[int] = []


def key(suffix=""):
    return current_step().idempotency_key + suffix


def pair(mistake, kinds, **said):
    """Register both classes that the decorated function makes: broken, repaired."""

    def take(make):
        broken, repaired = make()
        PAIRS[mistake] = (
            scenario_of(workflow(f"{mistake} (broken)")(broken), **said),
            scenario_of(workflow(f"{mistake} (repaired)")(repaired), **said),
            kinds,
        )
        return make

    return take


@pair("charge without a key", {"done twice"})
def _charge_without_a_key():
    class Broken(Base):
        @step(start=True)
        def charge(self):
            get_context().receipt = payments("charge", amount=3)
            return complete()

    class Repaired(Base):
        @step(start=True)
        async def charge(self):
            get_context().receipt = payments("charge", key=key(), amount=3)
            return complete()

    return Broken, Repaired


@pair("a key per attempt", {"done twice"})
def _a_key_per_attempt():
    class Broken(Base):
        @step(start=True)
        async def charge(self):
            get_context().receipt = payments("charge", key=str(uuid.uuid4()), amount=3)
            return complete()

    class Repaired(Base):
        @step(start=True)
        def choose(self):
            get_context().receipt = str(uuid.uuid4())
            return goto(self.charge)

        @step()
        def charge(self):
            payments("charge", key=get_context().receipt, amount=3)
            return complete()

    return Broken, Repaired


@pair("retry at a service without keys", {"done twice"})
def _retry_at_a_service_without_keys():
    class Broken(Base):
        @step(start=True)
        def charge(self):
            get_context().receipt = terminal("charge", key=key(), amount=3)
            return complete()

    class Repaired(Base):
        @step(start=True)
        def charge(self):
            get_context().receipt = payments("charge", key=key(), amount=3)
            return complete()

    return Broken, Repaired


@pair("tried again as another visit", {"done twice"})
def _tried_again_as_another_visit():
    class Broken(Base):
        @step(start=True)
        def charge(self):
            try:
                get_context().receipt = payments("charge", key=key(), amount=3)
            except (ConnectionError, TimeoutError):
                return goto(self.charge)
            return complete()

    class Repaired(Base):
        @step(start=True)
        def charge(self):
            try:
                get_context().receipt = payments(
                    "charge", key=f"order-{get_context().order_id}", amount=3
                )
            except (ConnectionError, TimeoutError):
                return goto(self.charge)
            return complete()

    return Broken, Repaired


@pair("forgotten timeout", {"stuck"}, signals=[Signal("payment", {"paid": True}, optional=True)])
def _forgotten_timeout():
    class Broken(Base):
        @step(start=True)
        def ask(self):
            return wait.for_signal("payment", then=self.end)

        @step()
        def end(self):
            return complete()

    class Repaired(Base):
        @step(start=True)
        def ask(self):
            return wait.for_signal("payment", timeout=DAY, on_timeout=self.end, then=self.end)

        @step()
        def end(self):
            return complete()

    return Broken, Repaired


@pair("fresh drops what came before", {"stuck"}, signals=["payment"])
def _fresh_drops_what_came_before():
    class Broken(Base):
        @step(start=True)
        def rest(self):
            return sleep(20, then=self.ask)

        @step()
        def ask(self):
            return wait.for_signal("payment", fresh=True, then=self.end)

        @step()
        def end(self):
            return complete()

    class Repaired(Base):
        @step(start=True)
        def rest(self):
            return sleep(20, then=self.ask)

        @step()
        def ask(self):
            return wait.for_signal("payment", then=self.end)

        @step()
        def end(self):
            return complete()

    return Broken, Repaired


@pair("state in the module", {"raised"}, start={"order_id": 7})
def _state_in_the_module():
    class Broken(Base):
        @step(start=True)
        def price(self):
            SEEN[get_context().order_id] = 3
            return sleep(5, then=self.charge)

        @step()
        def charge(self):
            amount = SEEN[get_context().order_id]
            get_context().receipt = payments("charge", key=key(), amount=amount)
            return complete()

    class Repaired(Base):
        @step(start=True)
        def price(self):
            get_context().tries = 3
            return sleep(5, then=self.charge)

        @step()
        def charge(self):
            amount = get_context().tries
            get_context().receipt = payments("charge", key=key(), amount=amount)
            return complete()

    return Broken, Repaired


def _only_its_own(run):
    assert run.data["items"] == [run.arguments["order_id"]]


@pair(
    "a list that runs share",
    {"check"},
    start=[{"order_id": 1}, {"order_id": 2}],
    check=_only_its_own,
)
def _a_list_that_runs_share():
    class Broken(Base):
        items = []  # noqa: RUF012 - the mistake

        @step(start=True)
        def collect(self):
            self.items.append(get_context().order_id)
            get_context().items = list(self.items)
            return complete()

    class Repaired(Base):
        @step(start=True)
        def collect(self):
            get_context().items.append(get_context().order_id)
            return complete()

    return Broken, Repaired


@pair("goes on after any error", {"unlearnt"})
def _goes_on_after_any_error():
    class Broken(Base):
        @step(start=True)
        def charge(self):
            try:
                get_context().receipt = payments("charge", key=key(), amount=3)
            except Exception:  # noqa: BLE001
                return complete(note="not paid")
            return complete()

    class Repaired(Base):
        @step(start=True)
        def charge(self):
            try:
                get_context().receipt = payments("charge", key=key(), amount=3)
            except Exception:  # noqa: BLE001
                return goto(self.undo)
            return complete()

        @step()
        def undo(self):
            get_context().refund = payments("refund", key=key())
            return complete(note="not paid")

    return Broken, Repaired
