"""Budgets in SQLite: see `ports.budgets` for what each method means."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import apsw

from perdure.ports.budgets import (
    BudgetRow,
    Call,
    Cap,
    Reserved,
    counter,
    counters,
    exceeded,
    holding,
)
from perdure.stores.rows import encode_rows
from perdure.stores.sqlite.statements import fetch

Open = Callable[[], AbstractContextManager[apsw.Connection]]


class SqliteBudgets:
    """Keeps budgets, each time in a transaction of its own, and reads them."""

    def __init__(self, writing: Open, reading: Open) -> None:
        self._writing = writing
        self._reading = reading

    def put(self, cap: Cap) -> None:
        """Set a budget."""
        with self._writing() as db:
            fetch(db, "budgets/put", **cap._asdict())

    def drop(self, scope: str, name: str) -> None:
        """Take back a budget that was set."""
        with self._writing() as db:
            fetch(db, "budgets/drop", scope=scope, name=name)

    def caps(self, run: str, workflow: str) -> list[Cap]:
        """Return what was set for a run, and for its workflow."""
        with self._reading() as db:
            return _caps(db, run, workflow)

    def reserve(self, call: Call, declared: Sequence[Cap]) -> Reserved:
        """Reserve a call's amount under all caps, or say which one it exceeds."""
        with self._writing() as db:
            for cap in holding(declared, _caps(db, call.run, call.workflow)):
                spent = _spent(db, cap, call.at)
                if exceeded(cap, spent, call.amount):
                    return Reserved(None, cap, spent)
            ((number,),) = fetch(db, "budgets/reserve", **call._asdict())
            _count(db, counters(call.run, call.workflow, call.at), call.amount)
        return Reserved(number)

    def settle(self, number: int, amount: int) -> bool:
        """Put what a call cost in place of what was reserved; False if that was done before."""
        with self._writing() as db:
            found = fetch(db, "budgets/settle", n=number, amount=amount)
            for run, workflow, at, reserved in found:
                _count(db, counters(run, workflow, at), amount - reserved)
        return bool(found)

    def spent(self, cap: Cap, now: float) -> int:
        """Return what is spent or reserved of a cap in its span now."""
        with self._reading() as db:
            return _spent(db, cap, now)

    def standing(self, now: float) -> list[BudgetRow]:
        """Return the budgets that were set, by scope and name."""
        with self._reading() as db:
            caps = [Cap(*row) for row in fetch(db, "budgets/all")]
            return [BudgetRow(cap, _spent(db, cap, now)) for cap in caps]

    def pace(self, name: str, gap: float, now: float) -> float:
        """Take the next turn; return when it comes."""
        with self._writing() as db:
            ((free_at,),) = fetch(db, "budgets/pace", name=name, gap=gap, now=now)
        return float(free_at - gap)


def _caps(db: apsw.Connection, run: str, workflow: str) -> list[Cap]:
    return [Cap(*row) for row in fetch(db, "budgets/caps", run=run, workflow=workflow)]


def _spent(db: apsw.Connection, cap: Cap, now: float) -> int:
    scope, name, span = counter(cap, now)
    found = fetch(db, "budgets/spent", scope=scope, name=name, span=span)
    return int(found[0][0]) if found else 0


def _count(db: apsw.Connection, counted: Sequence[tuple[str, str, str]], amount: int) -> None:
    fetch(db, "budgets/count", rows=encode_rows(counted), amount=amount)
