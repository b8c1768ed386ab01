"""The plans of runs, kept by their hash."""

from perdure.authoring.plans import load
from perdure.errors import StoreRefusedError
from perdure.kernel.plan import Plan
from perdure.ports.store import Store


class Plans:
    """Plans by hash: those that were used here, and those that the store has.

    `stored` are the hashes that are known to have a row, so that births need not write it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._plans: dict[str, Plan] = {}
        self.stored: set[str] = set()

    def get(self, hash: str) -> Plan:  # noqa: A002
        """Return a plan. Raises StoreRefusedError if neither this process nor the store has it."""
        if (plan := self._plans.get(hash)) is not None:
            return plan
        body = self._store.plan(hash)
        if body is None:
            raise StoreRefusedError(
                f"the store has no plan {hash!r}; its file was changed or is damaged"
            )
        self.stored.add(hash)
        plan = self._plans[hash] = load(body, hash)
        return plan

    def keep(self, plan: Plan) -> None:
        """Remember a plan that a run is about to be born with."""
        self._plans.setdefault(plan.hash, plan)
