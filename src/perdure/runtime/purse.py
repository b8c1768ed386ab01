"""Pays for calls of models out of the budgets in the store, and has services asked in turn."""

import math
from collections.abc import Sequence

from perdure.ports.budgets import NANO, RUN, BudgetExceededError, Call, Cap
from perdure.ports.clock import Clock
from perdure.ports.executor import Work
from perdure.ports.store import Store


class StorePurse:
    """The purse of a process: see `ports.executor.Purse` for what each method means."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def reserve(
        self, work: Work, model: str, dollars: float | None, declared: Sequence[Cap]
    ) -> int | None:
        """Reserve what a call may cost; None where nothing limits it."""
        standing = self._store.budgets.caps(work.run, work.workflow)
        if not declared and not standing:
            return None
        named = [cap._replace(name=_name(cap, work)) for cap in declared]
        if dollars is None:
            raise _unknown(model, (*standing, *named)[0])
        call = Call(
            work.run, work.workflow, work.path, work.visit, work.attempt, model, nanos(dollars),
            self._clock.now(),
        )  # fmt: skip
        reserved = self._store.budgets.reserve(call, named)
        if reserved.cap is not None:
            raise _exceeded(model, reserved.cap, reserved.spent, call.amount)
        return reserved.number

    def settle(self, number: int, dollars: float) -> None:
        """Put what a call cost in place of what was reserved."""
        self._store.budgets.settle(number, nanos(dollars))

    def turn(self, name: str, most: int, seconds: float) -> float:
        """Take the next turn to ask a service; return in how many seconds it comes."""
        now = self._clock.now()
        return max(self._store.budgets.pace(name, seconds / most, now) - now, 0.0)


def nanos(dollars: float) -> int:
    """Return an amount in billionths of a dollar, rounded up."""
    return math.ceil(round(dollars * NANO, 3))


def _name(cap: Cap, work: Work) -> str:
    return work.run if cap.scope == RUN else work.workflow


def _exceeded(model: str, cap: Cap, spent: int, amount: int) -> BudgetExceededError:
    whose = "this run" if cap.scope == RUN else f"the runs of {cap.name!r}"
    span = "" if cap.scope == RUN or cap.span == "ever" else f" in a {cap.span}"
    most = (cap.most or 0) / NANO
    return BudgetExceededError(
        f"asking {model!r} may cost ${amount / NANO:.6f}, and ${spent / NANO:.6f} of the "
        f"${most:.6f} that {whose} may spend{span} are spent or reserved. {_what_to_do(cap)}",
        exceeded=cap.exceeded,
    )


def _unknown(model: str, cap: Cap) -> BudgetExceededError:
    return BudgetExceededError(
        f"what asking {model!r} costs is not known, so a budget cannot be kept. Give its price in "
        "perdure.toml: [models.NAME] price = {input = DOLLARS, output = DOLLARS}",
        exceeded=cap.exceeded,
    )


def _what_to_do(cap: Cap) -> str:
    whose = f"--run {cap.name}" if cap.scope == RUN else f"--workflow {cap.name}"
    return f"Give more by: perdure budgets set {whose} --max-cost DOLLARS"
