"""What may be spent on models, as people see it; set at run time."""

from dataclasses import dataclass

from perdure.errors import InvalidValueError, RunNotFoundError
from perdure.ports.budgets import NANO, PAUSE, RUN, SPANS, WHATS, WORKFLOW, BudgetRow, Cap
from perdure.ports.clock import Clock
from perdure.ports.store import Store

MOST = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetView:
    """A budget that was set, in US dollars; `max_cost` is None where a declared one is lifted.

    It is a run's (`run`), or that of all runs of a `workflow` in each `per`: day, month or ever.
    `spent` is what is spent or reserved of it now.
    """

    run: str | None = None
    workflow: str | None = None
    max_cost: float | None
    per: str = "ever"
    on_budget: str = PAUSE
    spent: float = 0.0


class Budgets:
    """The budgets of one store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def set(
        self,
        *,
        max_cost: float | None,
        run: str | None = None,
        workflow: str | None = None,
        per: str = "ever",
        on_budget: str = PAUSE,
    ) -> BudgetView:
        """Let a run, or all runs of a workflow in each `per`, spend at most so many US dollars.

        It holds from the next call of a model on, in every process, in place of what the
        definition says; None lifts it. What becomes of a run whose next call would be too much
        is said by `on_budget`: `pause`, `degrade` or `stop`. Calls are counted from when there is
        a budget. Durable when it returns. Raises InvalidValueError, RunNotFoundError.
        """
        if (run is None) == (workflow is None):
            raise InvalidValueError("name one of the two: a run, or a workflow", "run")
        check_budget(max_cost, on_budget, per)
        if run is not None and not self._store.load([run]):
            raise RunNotFoundError(run, "The runs of this store are listed by: perdure runs")
        scope, name = (RUN, run) if run is not None else (WORKFLOW, workflow)
        span = "ever" if scope == RUN else per
        most = None if max_cost is None else round(max_cost * NANO)
        cap = Cap(scope, str(name), most, span, on_budget)
        self._store.budgets.put(cap)
        return view_of(BudgetRow(cap, self._store.budgets.spent(cap, self._clock.now())))

    def begin(self, run: str, max_cost: float, on_budget: str) -> None:
        """Set the budget of a run that is about to be born: its first call finds it there."""
        self._store.budgets.put(Cap(RUN, run, round(max_cost * NANO), "ever", on_budget))

    def drop(self, run: str) -> None:
        """Take back the budget of a run that was not born."""
        self._store.budgets.drop(RUN, run)

    def list(self) -> list[BudgetView]:
        """Return the budgets that were set: of runs, then of workflows, by name."""
        return [view_of(row) for row in self._store.budgets.standing(self._clock.now())]

    def spent(
        self, *, run: str | None = None, workflow: str | None = None, per: str = "ever"
    ) -> float:
        """Return what is spent or reserved under budgets by a run, or by a workflow's in this `per`."""
        scope, name = (RUN, run) if run is not None else (WORKFLOW, workflow)
        cap = Cap(scope, str(name), None, "ever" if scope == RUN else per)
        return self._store.budgets.spent(cap, self._clock.now()) / NANO


def view_of(row: BudgetRow) -> BudgetView:
    """Return a budget's row as people read it."""
    cap = row.cap
    return BudgetView(
        run=cap.name if cap.scope == RUN else None,
        workflow=cap.name if cap.scope == WORKFLOW else None,
        max_cost=None if cap.most is None else cap.most / NANO,
        per=cap.span,
        on_budget=cap.exceeded,
        spent=row.spent / NANO,
    )


def check_budget(max_cost: float | None, on_budget: str, per: str = "ever") -> None:
    """Refuse what cannot be meant. Raises InvalidValueError that names it."""
    is_amount = isinstance(max_cost, int | float) and not isinstance(max_cost, bool)
    if max_cost is not None and not (is_amount and 0 <= max_cost <= MOST):
        raise InvalidValueError(f"it is an amount of US dollars, not {max_cost!r}", "max_cost")
    if per not in SPANS:
        raise InvalidValueError(f"it is one of {', '.join(SPANS)}, not {per!r}", "per")
    if on_budget not in WHATS:
        raise InvalidValueError(f"it is one of {', '.join(WHATS)}, not {on_budget!r}", "on_budget")
