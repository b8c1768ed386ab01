"""What `start` is given, told apart: a workflow's inputs, and the options of the start.

A keyword that the workflow takes itself is its input, whatever it is called: options that are
added later take no name away from workflows that were written before. With `inputs={...}` all
inputs are in there, and every keyword is an option.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, Literal

from perdure.app.budgets import check_budget
from perdure.app.outbox import WHAT_IT_IS, Enlisted
from perdure.app.transactions import Block
from perdure.authoring.registry import Workflow
from perdure.errors import InvalidValueError

Span = timedelta | float
OnConflict = Literal["refuse", "return", "replace"]
MOST_PRIORITY = 1_000_000
CONFLICTS = ("refuse", "return", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOptions:
    """How a run is started. Each field is a keyword of `Engine.start`.

    `idempotency_key`: a second start under it returns the first run, also after its end.
    `unique_key`: one live run has it at a time; for another start `on_conflict` says whether that
    is refused, returns the live run, or replaces it.
    `delay` or `at`: the run is pending until then. `deadline`: the span it may take from then on,
    or the moment it must have ended by; it fails if it has not.
    Of steps that could begin now, those of runs with a higher `priority` do; a level is worth a
    minute of waiting. Runs with one `fair_key` share what a queue gives. `tags` and `attributes`
    are what it is found by. With a `transaction` the run is there when that has ended.
    `security_config` says how its values are kept: `sealing.Security` has the names.
    `max_cost` is what it may spend on models, in US dollars, in place of what its definition says;
    `on_budget` is what becomes of it where its next call would be too much: `pause`, `degrade`
    or `stop`.

    Raises InvalidValueError that names the option.
    """

    idempotency_key: str | None = None
    unique_key: str | None = None
    on_conflict: OnConflict = "refuse"
    delay: Span | None = None
    at: datetime | None = None
    deadline: Span | datetime | None = None
    priority: int = 0
    fair_key: str | None = None
    transaction: Block | Enlisted | None = None
    tags: Iterable[str] = ()
    attributes: Mapping[str, Any] | None = None
    security_config: Mapping[str, Any] | None = None
    max_cost: float | None = None
    on_budget: str = "pause"

    def __post_init__(self) -> None:
        """Refuse what no option can be; most likely it was meant as an input."""
        for name in ("idempotency_key", "unique_key", "fair_key"):
            if not isinstance(key := getattr(self, name), str | None) or key == "":
                raise _refused(name, key, "text")
        if self.on_conflict not in CONFLICTS:
            raise _refused("on_conflict", self.on_conflict, f"one of {', '.join(CONFLICTS)}")
        if self.on_conflict != "refuse" and self.unique_key is None:
            raise InvalidValueError(
                "it says what to do where a unique_key is taken. Give the unique_key, too",
                "on_conflict",
            )
        if not isinstance(self.attributes, Mapping | None):
            raise _refused("attributes", self.attributes, "a mapping")
        if type(self.priority) is not int or abs(self.priority) > MOST_PRIORITY:
            raise _refused("priority", self.priority, f"a whole number up to {MOST_PRIORITY:,}")
        if self.max_cost is not None:
            check_budget(self.max_cost, self.on_budget)
        if not isinstance(self.transaction, Block | Enlisted | None):
            raise _refused("transaction", self.transaction, WHAT_IT_IS)
        if self.transaction is not None and self.max_cost is not None:
            raise InvalidValueError(
                "it cannot be given with a transaction. Say it in the definition's 'budget'",
                "max_cost",
            )
        if self.transaction is not None and self.unique_key is not None:
            raise InvalidValueError(
                "whether it is free is not known before the transaction has ended. Start the run "
                "outside of it, or give an idempotency_key",
                "unique_key",
            )


_OPTIONS = frozenset(field.name for field in fields(StartOptions))


def tell_apart(
    flow: Workflow, inputs: Mapping[str, Any] | None, given: Mapping[str, Any]
) -> tuple[Mapping[str, Any], StartOptions]:
    """Return the inputs and the options among the keywords of a start.

    Raises InvalidValueError for an option that cannot be meant.
    """
    if inputs is None:
        taken = {name: value for name, value in given.items() if _is_input(flow, name)}
        options = {name: value for name, value in given.items() if name not in taken}
        return taken, StartOptions(**options)
    if not isinstance(inputs, Mapping):
        raise InvalidValueError(
            f"start(..., inputs=...) takes a mapping of all inputs by name, not {inputs!r}. An "
            'input that is called so is given as inputs={"inputs": ...}'
        )
    for name in given:
        if name not in _OPTIONS:
            near = get_close_matches(name, _OPTIONS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "Put it into inputs={...}"
            raise InvalidValueError(f"start has no such option beside `inputs`. {hint}", name)
    return inputs, StartOptions(**given)


def _is_input(flow: Workflow, name: str) -> bool:
    return name in flow.takes or name not in _OPTIONS


def _refused(name: str, value: object, wanted: str) -> InvalidValueError:
    return InvalidValueError(
        f"it is an option of start, and {wanted}; {value!r} is none. An input of this name is "
        f'given as inputs={{"{name}": ...}}',
        name,
    )
