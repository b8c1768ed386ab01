"""Asks a model within what may be spent, and as often as its service may be asked.

What a call may cost is reserved before it and settled after it, each in a transaction of its own.
An attempt that is killed between both leaves its call reserved: it may have been paid for, and
nobody knows how much.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perdure.errors import AttemptStoppedError, StepError
from perdure.ports.budgets import DEGRADE, NANO, RUN, STOP, WORKFLOW, BudgetExceededError, Cap
from perdure.ports.executor import Purse, Work
from perdure.ports.models import MeteredProvider, ModelAnswer, ModelProvider, ModelRequest, spent_of

LOOK_SECONDS = 0.25
"""How often one who waits for a turn looks whether the attempt was called off."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Pays for what a step asks. `caps` are the budgets that its definition declares."""

    caps: tuple[Cap, ...] = ()

    @classmethod
    def of(cls, said: Mapping[str, Any] | None) -> "Payer":
        """Return the payer for the budget in a step's config."""
        return cls(caps_of(said or {}))

    def ask(self, work: Work, provider: ModelProvider, question: ModelRequest) -> ModelAnswer:
        """Return the provider's answer. Raises BudgetExceededError before anybody is asked."""
        metered = provider if isinstance(provider, MeteredProvider) else None
        if work.purse is None:
            self._refuse_without(metered)
            return provider.answer(question)
        dollars = metered.most_cost(question) if metered is not None else None
        if metered is not None and (pace := metered.pace(question.model)) is not None:
            _wait(work, work.purse.turn(pace.name, pace.most, pace.seconds))
        if dollars == 0:
            return provider.answer(question)
        number = work.purse.reserve(work, question.model, dollars, self.caps)
        return _paid(work.purse, number, provider, question)

    def _refuse_without(self, metered: MeteredProvider | None) -> None:
        if self.caps and metered is not None:
            raise BudgetExceededError(
                "this step runs where no budget can be kept: take its 'budget' away",
                exceeded=STOP,
            )


def leads_on(error: BudgetExceededError) -> bool:
    """Whether a cheaper model is to be asked in place of one that costs too much."""
    return error.exceeded == DEGRADE


def caps_of(said: Mapping[str, Any]) -> tuple[Cap, ...]:
    """Return what a definition's budget declares; whose it is, is known when a run asks."""
    exceeded = said.get("on_budget", "pause")
    found = ((RUN, "max_cost", "ever"), (WORKFLOW, "workflow_max_cost", said.get("per", "ever")))
    return tuple(
        Cap(scope, "", round(said[field] * NANO), span, exceeded)
        for scope, field, span in found
        if said.get(field) is not None
    )


def _paid(
    purse: Purse, number: int | None, provider: ModelProvider, question: ModelRequest
) -> ModelAnswer:
    if number is None:
        return provider.answer(question)
    try:
        answer = provider.answer(question)
    except Exception as error:
        cost = _cost_of_failure(error)
        if cost is not None:
            purse.settle(number, cost)
        raise
    if answer.cost is not None:
        purse.settle(number, answer.cost)
    return answer


def _cost_of_failure(error: Exception) -> float | None:
    """Return what a call that failed has cost; None where nobody knows."""
    if not isinstance(error, StepError):
        return None  # a fault of the provider's own code, before or after it was answered
    spent = spent_of(error)
    return 0.0 if spent is None else spent.get("cost")


def _wait(work: Work, seconds: float) -> None:
    """Wait for a turn, in this thread. Raises AttemptStoppedError if the attempt is called off."""
    left, pause = seconds, threading.Event()
    while left > 0:
        if work.called_off(work):
            raise AttemptStoppedError(work.path, "cancel")
        pause.wait(min(left, LOOK_SECONDS))
        left -= LOOK_SECONDS
