"""A step that is run at most once: where nobody knows what an attempt has done, code is asked."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from perdure.authoring.steps.body import AsyncStepBody, StepBody
from perdure.authoring.steps.current import enter, leave
from perdure.authoring.steps.directives import Directive, complete, goto
from perdure.authoring.steps.methods import Methods, functions_of
from perdure.authoring.steps.outcomes import Done, GaveUp, NotDone, Unknown, check_data, way_on
from perdure.errors import DefinitionError, NonRetryableError, OutcomeUnknownError
from perdure.kernel.directives import Goto
from perdure.kernel.plan import PlanKind
from perdure.ports.executor import Result, Work

Verify = Callable[..., Any]


def verifier(methods: Methods, step: str, given: Verify | str) -> Callable[[Any], Verify]:
    """Return what makes the function to be asked out of an instance of the class.

    It is a function of key and context, or a method of the class that takes them after `self`.
    Raises DefinitionError.
    """
    name = given if isinstance(given, str) else getattr(given, "__name__", "")
    found = inspect.getattr_static(methods.cls, name, None) if name else None
    is_ours = isinstance(given, str) or given is found or given in functions_of(found)
    if isinstance(given, str) and not functions_of(found):
        raise DefinitionError(
            f"{methods.label(step)}: verify={given!r} names no method of its class"
        )
    function: Any = functions_of(found)[0] if is_ours and functions_of(found) else given
    if inspect.iscoroutinefunction(function) and not methods.steps[step].is_async:
        raise DefinitionError(
            f"{methods.label(step)}: verify is async def and the step is not. Make both async"
        )
    if is_ours:
        return lambda instance: getattr(instance, name)
    return lambda _instance: given  # type: ignore[return-value]


class OnceBody(StepBody):
    """Asks first, where it must: `asks` gives the function for an instance."""

    asks: Callable[[Any], Verify]

    def __call__(self, work: Work) -> Any:
        """Ask if that is called for, then run the step once unless it was done."""
        if not work.verify:
            return super().__call__(work)
        with _nobody_knows_more(self._label):
            context = self.context(work)
            token = enter(context, work, self._label)
            try:
                said = self.asks(self._cls())(work.key, context)
            finally:
                leave(token)
            result = self._answer(said, work, context)
        return super().__call__(work) if result is None else result

    def _answer(self, said: Any, work: Work, context: Any) -> Result | None:
        """Return what was done, or None for not done. Raises OutcomeUnknownError, or for a failure."""
        match said:
            case NotDone():
                return None
            case Unknown(why):
                raise OutcomeUnknownError(why or "verify could not tell")
            case GaveUp(why):
                raise _SaidToHaveFailedError(why)
            case Done():
                return self._done(said, work, context)
            case Directive():
                return self.result(work, context, said)
            case _:
                raise TypeError(
                    f"verify returned {said!r}. Return outcome.done(...), outcome.not_done(), "
                    "outcome.unknown(), or what the step itself would have returned"
                )

    def _done(self, said: Done, work: Work, context: Any) -> Result:
        check_data(PlanKind.MACHINE, said.data)
        way = way_on(PlanKind.MACHINE, work.step, said)
        if said.data:
            self.codec().merge(context, said.data)
        returned = goto(way.step) if isinstance(way, Goto) else complete()
        return self.result(work, context, returned)


class AsyncOnceBody(OnceBody, AsyncStepBody):
    """The same for a step that is `async def`; the function may be, too."""

    is_async = True

    async def __call__(self, work: Work) -> Result:
        """Ask if that is called for, then run the step once unless it was done."""
        if not work.verify:
            return await AsyncStepBody.__call__(self, work)
        with _nobody_knows_more(self._label):
            context = self.context(work)
            token = enter(context, work, self._label)
            try:
                said = self.asks(self._cls())(work.key, context)
                if inspect.isawaitable(said):
                    said = await said
            finally:
                leave(token)
            result = self._answer(said, work, context)
        return await AsyncStepBody.__call__(self, work) if result is None else result


class _SaidToHaveFailedError(NonRetryableError):
    kind = "failed"


@contextmanager
def _nobody_knows_more(label: str) -> Iterator[None]:
    """Take whatever goes wrong while one asks for what it is: nobody knows more than before."""
    try:
        yield
    except (OutcomeUnknownError, _SaidToHaveFailedError):
        raise
    except Exception as error:
        what = f"{label}: verify raised {type(error).__name__}: {error}"
        raise OutcomeUnknownError(what) from error
