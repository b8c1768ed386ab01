"""Error handlers: functions of somebody's own that are asked after each failed attempt of a graph.

    set_handler("Research", lambda step, kind, message: {"action": "fail_workflow"})

One is called in the process that runs the attempt, by step, kind of failure and message. It answers
with an action, or None: then the definition's rules decide, and after them its policy. So it is
where it raises, answers with what is no action, or says nothing for `PATIENCE` seconds.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

log = logging.getLogger("perdure.handler")

ACTIONS = ("use_fallback", "wait_and_retry", "fail_workflow")
PATIENCE = 30.0
"""How many seconds a handler has for its answer."""
MOST_WAIT = 30 * 86_400.0

Handler = Callable[[str, str, str], Any]
"""Takes a step's name, a kind of failure and a message; returns an action, or None."""

_handlers: dict[str, Handler] = {}


class Verdict(NamedTuple):
    """What is to be done about a failure: which model is asked, or how long to wait before a try."""

    action: str
    model: str = ""
    seconds: float = 0.0


def set_handler(workflow: str, handler: Handler | None) -> None:
    """Have a function asked about failures of a workflow's steps in this process; None ends that."""
    if handler is None:
        _handlers.pop(workflow, None)
    else:
        _handlers[workflow] = handler


def has_handler(workflow: str) -> bool:
    """Whether failures of this workflow's steps are for a function to judge."""
    return workflow in _handlers


def ask_handler(
    workflow: str, step: str, kind: str, message: str, *, patience: float = PATIENCE
) -> Verdict | None:
    """Return what a workflow's handler says of a failure; None if there is none, or no answer."""
    handler = _handlers.get(workflow)
    if handler is None:
        return None
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(handler(step, kind, message))
        except Exception:
            log.exception("the error handler of %r raised; the policy decides", workflow)
            answers.append(None)

    asking = threading.Thread(target=ask, name="perdure-handler", daemon=True)
    asking.start()
    asking.join(patience)
    if not answers:
        log.warning(
            "the error handler of %r did not answer within %g s; the policy decides",
            workflow, patience,
        )  # fmt: skip
        return None
    return verdict_of(answers[0], workflow)


def verdict_of(said: Any, who: str) -> Verdict | None:
    """Return an answer as a verdict; None for None, and for what is no action, which is logged."""
    if said is None:
        return None
    action = said.get("action") if isinstance(said, Mapping) else None
    if action == "fail_workflow":
        return Verdict(action)
    if action == "use_fallback" and isinstance(model := said.get("fallback_model"), str) and model:
        return Verdict(action, model=model)
    if action == "wait_and_retry":
        seconds = said.get("wait_seconds", 0)
        if type(seconds) in (int, float) and 0 <= seconds <= MOST_WAIT:
            return Verdict(action, seconds=float(seconds))
    log.warning(
        "the error handler of %r answered %.200r, which is no action: {'action': 'use_fallback', "
        "'fallback_model': NAME}, {'action': 'wait_and_retry', 'wait_seconds': N} or {'action': "
        "'fail_workflow'}. The policy decides",
        who, said,
    )  # fmt: skip
    return None
