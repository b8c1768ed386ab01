"""What to tell whoever wrote a step that returned something else than a directive."""

from collections.abc import Iterable
from difflib import get_close_matches
from types import CoroutineType, FunctionType, MethodType
from typing import Any

from perdure.authoring.steps.directives import Waits
from perdure.errors import InvalidStepResultError

_ENDINGS = "goto(self.STEP), sleep(...), wait.for_signal(...), complete() or fail(...)"


def wrong_result(label: str, returned: Any, steps: Iterable[str]) -> InvalidStepResultError:
    """Return the error for a step (`label`: class and step) that returned no directive."""
    return InvalidStepResultError(f"{label} {_what(returned, tuple(steps))}")


def unknown_step(label: str, call: str, name: str, steps: Iterable[str]) -> InvalidStepResultError:
    """Return the error for a directive that leads to a step that is not there."""
    known = tuple(steps)
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Its steps: {', '.join(known)}"
    return InvalidStepResultError(
        f"{label} asked for {call} with {name!r}, and there is no such step. {hint}"
    )


def _what(returned: Any, steps: tuple[str, ...]) -> str:
    match returned:
        case None:
            what = f"returned nothing. Is a `return` missing? End it with return {_ENDINGS}"
        case str():
            what = _about_text(returned, steps)
        case dict():
            what = "returned a dict. To end the run with it write return complete(**data)"
        case Waits():
            what = 'returned `wait` itself. Write return wait.for_signal("...")'
        case FunctionType() | MethodType():
            what = _about_function(returned.__name__, steps)
        case CoroutineType():
            returned.close()  # nobody will await it, and it would warn of that
            what = _about_coroutine(returned.__name__, steps)
        case _:
            kind = type(returned).__name__
            what = f"returned {kind} {_shown(returned)}. End it with return {_ENDINGS}"
    return what


def _about_function(name: str, steps: tuple[str, ...]) -> str:
    if name in steps:
        return f"returned the step {name!r} itself. Write return goto(self.{name})"
    return f"returned the function {name}. Call it: return {name}(...)"


def _about_coroutine(name: str, steps: tuple[str, ...]) -> str:
    if name in steps:
        return f"returned {name}(), not awaited. To go there write return goto(self.{name})"
    return f"returned {name}(), not awaited. Make the step async def, and await it"


def _about_text(returned: str, steps: tuple[str, ...]) -> str:
    if returned in steps:
        return f"returned the text {returned!r}. Write return goto(self.{returned})"
    near = get_close_matches(returned, steps, n=1)
    hint = f"Did you mean return goto(self.{near[0]})?" if near else f"Return {_ENDINGS}"
    return f"returned the text {_shown(returned)}, which names no step. {hint}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
