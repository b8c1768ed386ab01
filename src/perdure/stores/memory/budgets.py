"""Budgets over dicts: see `ports.budgets` for what each method means."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from perdure.ports.budgets import (
    RUN,
    BudgetRow,
    Call,
    Cap,
    Reserved,
    counter,
    counters,
    exceeded,
    holding,
)

Use = Callable[[], AbstractContextManager[object]]


@dataclass(slots=True)
class BudgetTables:
    """What was set, what is spent by counter, the calls by number, and when services are free."""

    caps: dict[tuple[str, str], Cap] = field(default_factory=dict)
    spent: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    calls: dict[int, tuple[Call, int | None]] = field(default_factory=dict)
    paces: dict[str, float] = field(default_factory=dict)
    made: int = 0

    def forget(self, runs: Iterable[str]) -> None:
        """Forget what is of these runs; what their workflows have spent stays."""
        for run in runs:
            self.caps.pop((RUN, run), None)
            self.spent.pop((RUN, run, ""), None)
            for number in [n for n, (call, _) in self.calls.items() if call.run == run]:
                del self.calls[number]


class MemoryBudgets:
    """Keeps budgets, each time in a transaction of its own, and reads them."""

    def __init__(self, tables: BudgetTables, writing: Use, reading: Use) -> None:
        self._tables = tables
        self._writing = writing
        self._reading = reading

    def put(self, cap: Cap) -> None:
        """Set a budget."""
        with self._writing():
            self._tables.caps[cap.scope, cap.name] = cap

    def drop(self, scope: str, name: str) -> None:
        """Take back a budget that was set."""
        with self._writing():
            self._tables.caps.pop((scope, name), None)

    def caps(self, run: str, workflow: str) -> list[Cap]:
        """Return what was set for a run, and for its workflow."""
        with self._reading():
            return self._caps(run, workflow)

    def reserve(self, call: Call, declared: Sequence[Cap]) -> Reserved:
        """Reserve a call's amount under all caps, or say which one it exceeds."""
        tables = self._tables
        with self._writing():
            for cap in holding(declared, self._caps(call.run, call.workflow)):
                spent = tables.spent[counter(cap, call.at)]
                if exceeded(cap, spent, call.amount):
                    return Reserved(None, cap, spent)
            tables.made += 1
            tables.calls[tables.made] = (call, None)
            for key in counters(call.run, call.workflow, call.at):
                tables.spent[key] += call.amount
            return Reserved(tables.made)

    def settle(self, number: int, amount: int) -> bool:
        """Put what a call cost in place of what was reserved; False if that was done before."""
        tables = self._tables
        with self._writing():
            call, cost = tables.calls.get(number, (None, None))
            if call is None or cost is not None:
                return False
            tables.calls[number] = (call, amount)
            for key in counters(call.run, call.workflow, call.at):
                tables.spent[key] += amount - call.amount
            return True

    def spent(self, cap: Cap, now: float) -> int:
        """Return what is spent or reserved of a cap in its span now."""
        with self._reading():
            return self._tables.spent[counter(cap, now)]

    def standing(self, now: float) -> list[BudgetRow]:
        """Return the budgets that were set, by scope and name."""
        with self._reading():
            caps = [cap for _, cap in sorted(self._tables.caps.items())]
            return [BudgetRow(cap, self._tables.spent[counter(cap, now)]) for cap in caps]

    def pace(self, name: str, gap: float, now: float) -> float:
        """Take the next turn; return when it comes."""
        with self._writing():
            at = max(self._tables.paces.get(name, now), now)
            self._tables.paces[name] = at + gap
            return at

    def _caps(self, run: str, workflow: str) -> list[Cap]:
        keys = ((RUN, run), ("workflow", workflow))
        return [self._tables.caps[key] for key in keys if key in self._tables.caps]
