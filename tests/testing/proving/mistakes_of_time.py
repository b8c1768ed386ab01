"""More workflows with a mistake each: what is real, what races, what is left behind."""

import asyncio
import threading
import time
from datetime import UTC, datetime

from perdure import Retry, complete, fail, get_context, goto, sleep, step, wait
from perdure.testing import Signal
from tests.testing.proving.mistakes import DAY, Base, key, mail, pair, payments


@pair("the real clock", {"the real clock"})
def _the_real_clock():
    class Broken(Base):
        @step(start=True)
        def look(self):
            return complete(at=datetime.now(UTC).isoformat())

    class Repaired(Base):
        @step(start=True)
        def look(self):
            return sleep(DAY, then=self.end)

        @step()
        def end(self):
            return complete(at=datetime(2026, 1, 2, tzinfo=UTC).isoformat())

    return Broken, Repaired


@pair("a real sleep", {"a real sleep"})
def _a_real_sleep():
    class Broken(Base):
        @step(start=True)
        async def pause(self):
            try:
                await asyncio.sleep(30)
                time.sleep(1)  # noqa: ASYNC251 - another mistake
            except Exception:  # noqa: BLE001
                return complete()
            return complete()

    class Repaired(Base):
        @step(start=True)
        async def pause(self):
            await asyncio.sleep(0)
            return sleep(30, then=self.end)

        @step()
        def end(self):
            return complete()

    return Broken, Repaired


@pair("round and round", {"never ends"})
def _round_and_round():
    class Broken(Base):
        @step(start=True)
        def look(self):
            return goto(self.again)

        @step()
        def again(self):
            return goto(self.look)

    class Repaired(Base):
        @step(start=True)
        def look(self):
            get_context().tries += 1
            return complete() if get_context().tries > 3 else sleep(DAY)

    return Broken, Repaired


@pair(
    "the payment races the timeout",
    {"check"},
    signals=[Signal("payment", {"paid": True}, once_waiting=True)],
    check=lambda run: "ship" not in run.data or run.data["paid"],
)
def _the_payment_races_the_timeout():
    class Broken(Base):
        @step(start=True)
        def ask(self):
            return wait.for_signal("payment", timeout=DAY, on_timeout="ship", then="ship")

        @step()
        def ship(self):
            return complete(ship=True)

    class Repaired(Base):
        @step(start=True)
        def ask(self):
            return wait.for_signal("payment", timeout=DAY, on_timeout="give_up", then="ship")

        @step()
        def ship(self):
            return complete(ship=True)

        @step()
        def give_up(self):
            return complete(note="no payment came")

    return Broken, Repaired


@pair("work left to a thread", {"effect outside"})
def _work_left_to_a_thread():
    class Broken(Base):
        @step(start=True)
        def charge(self):
            thread = threading.Thread(target=_quietly, args=(key(),))
            thread.start()
            thread.join()
            return complete()

    class Repaired(Base):
        @step(start=True)
        def charge(self):
            get_context().receipt = payments("charge", key=key())
            return complete()

    return Broken, Repaired


def _quietly(given):
    try:
        payments("charge", key=given)
    except Exception:  # noqa: BLE001
        return


@pair("broadcast before the wait", {"stuck"}, signals=[Signal("go", to="all")])
def _broadcast_before_the_wait():
    class Broken(Base):
        @step(start=True)
        def rest(self):
            return sleep(DAY, then=self.ask)

        @step()
        def ask(self):
            return wait.for_signal("go", then=self.end)

        @step()
        def end(self):
            return complete()

    class Repaired(Base):
        @step(start=True)
        def rest(self):
            return goto(self.ask)

        @step()
        def ask(self):
            return wait.for_signal("go", then=self.end)

        @step()
        def end(self):
            return complete()

    return Broken, Repaired


@pair("no second try", {"unlearnt"})
def _no_second_try():
    class Broken(Base):
        @step(start=True, retry=Retry.none())
        def charge(self):
            get_context().receipt = payments("charge", key=key())
            return complete()

    class Repaired(Base):
        @step(start=True, retry=Retry(max_attempts=5))
        def charge(self):
            get_context().receipt = payments("charge", key=key())
            return complete()

    return Broken, Repaired


@pair("fails after the mail", {"raised"})
def _fails_after_the_mail():
    class Broken(Base):
        @step(start=True)
        def tell(self):
            mail("send", key=key())
            return complete(at={}["nothing"])

    class Repaired(Base):
        @step(start=True)
        def tell(self):
            mail("send", key=key())
            return fail("as agreed") if get_context().paid else complete()

    return Broken, Repaired
