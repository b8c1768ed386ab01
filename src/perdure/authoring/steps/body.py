"""A step's code as the engine runs it: context in, the method called, directive and context out."""

from collections.abc import Callable, Mapping
from typing import Any

from perdure.authoring.steps import directives
from perdure.authoring.steps.children import check_ending
from perdure.authoring.steps.codec import Codec
from perdure.authoring.steps.continuations import Continuation, unclear_wait
from perdure.authoring.steps.current import enter, leave
from perdure.authoring.steps.hooks import Hook
from perdure.authoring.steps.leftovers import Leftovers, attributes
from perdure.authoring.steps.methods import Methods, StepMethod
from perdure.authoring.steps.results import unknown_step, wrong_result
from perdure.authoring.steps.retry import Retry
from perdure.errors import InvalidStepResultError
from perdure.kernel.directives import Complete, Directive, Fail, Goto, Join, Next, Sleep, Wait
from perdure.kernel.ways import CHILDREN, Way
from perdure.ports.events import SIGN
from perdure.ports.executor import Result, Work

_COMPLETE = Complete()
_NEXT = Next()


class StepBody:
    """Runs one step of a class, on a new instance each time. `is_async` if it must be awaited."""

    is_async = False
    starts_children = True

    def __init__(
        self,
        methods: Methods,
        step: StepMethod,
        *,
        codec: Callable[[], Codec],
        continuation: Continuation,
        retry: Retry,
    ) -> None:
        """Make the body; `codec` gives the one of the class, compiled at its first use."""
        self._cls = methods.cls
        self._name = step.name
        self._label = methods.label(step.name)
        self._methods = methods
        self._leftovers = Leftovers(self._label)
        self.codec = codec
        self._continuation = continuation
        self._retry = retry
        self.hook: Hook | None = None
        self._gotos: Mapping[str, Goto] = {name: Goto(name) for name in methods.ordinary}

    def __call__(self, work: Work) -> Any:
        """Run the step once. What it raises goes through; so do errors that name its mistake."""
        context = self.context(work)
        return self.result(work, context, self.call(work, context))

    def context(self, work: Work) -> Any:
        """Return the context that the step works with. Raises ContextInvalidError."""
        brought = work.brought
        if brought is None:
            return self.codec().load(
                work.context, "The run's stored context does not fit its model"
            )
        if brought.startswith(SIGN):
            from perdure.authoring.steps.eventful import context_of  # seldom, if ever

            return context_of(self._cls, self.codec(), work)
        return self.codec().load_merged(work.context, brought)

    def call(self, work: Work, context: Any) -> Any:
        """Call the method, and return what it returned."""
        token = enter(context, work, self._label)
        try:
            instance = self._cls()
            before = attributes(instance)
            returned = getattr(instance, self._name)()
        finally:
            leave(token)
        self._leftovers.look(instance, before)
        return returned

    def result(self, work: Work, context: Any, returned: Any) -> Result:
        """Return the outcome, with the context's text if it changed or a payload was merged."""
        outcome = self.outcome(returned)
        codec = self.codec()
        if outcome is _COMPLETE and returned.data:
            codec.merge(context, returned.data)
        if work.started:
            if not self.starts_children:
                raise InvalidStepResultError(
                    f"{self._label}: a step in the application's transaction keeps its outcome "
                    "there, and would lose its children. Start them in the next step"
                )
            check_ending(self._label, outcome, work.started)
        before = work.context if work.brought is None else ""
        dumped = codec.dump(context, before, self._label)
        return Result(outcome=outcome, context=dumped, children=tuple(work.started))

    def retryable(self, error: Exception) -> bool:
        """Say whether an error that this body raised may be tried again."""
        return not self.codec().is_refusal(error) and self._retry.allows(error)

    def outcome(self, returned: Any) -> Directive:
        """Return what a directive means for the run. Raises InvalidStepResultError for others."""
        kind = type(returned)
        if self.hook is not None and self.hook.has_ended(self._label, returned):
            return _NEXT
        if kind is directives.GoTo:
            outcome = self._gotos.get(returned.step)
            return outcome if outcome is not None else self._goto("goto", returned.step)
        if kind is directives.Completed:
            return _COMPLETE
        if kind is directives.SleepFor:
            return Sleep(returned.seconds, self._known("sleep(then=...)", returned.then))
        return self._rest(returned)

    def _rest(self, asked: Any) -> Wait | Join | Fail:
        match asked:
            case directives.WaitFor():
                return self._wait(asked)
            case directives.WaitForAny():
                return self._any(asked)
            case directives.WaitForChildren():
                return self._join(asked)
            case directives.GivenUp(reason):
                return Fail(reason)
            case _:
                raise wrong_result(self._label, asked, self._gotos)

    def _wait(self, asked: directives.WaitFor) -> Wait:
        call = f"wait.for_{asked.kind}"
        then = self._onward(call, asked.then)
        return Wait(
            name=asked.name,
            key=asked.key,
            timeout=asked.timeout,
            on_timeout=self._known(f"{call}(on_timeout=...)", asked.on_timeout),
            then=then,
            fresh=asked.fresh,
            kind=asked.kind,
            match=asked.match,
            accepts=asked.accepts,
        )

    def _any(self, asked: directives.WaitForAny) -> Wait:
        first, *others = [self._way(way, asked.then) for way in asked.ways]
        also = [Way(**way) for way in others]
        if (children := asked.children) is not None:
            need = None if children.need is None else str(children.need)
            then = self._onward("wait.any", children.then or asked.then)
            also.append(Way(kind=CHILDREN, name="", key=need, then=then))
        return Wait(
            **first,
            timeout=asked.timeout,
            on_timeout=self._known("wait.any(on_timeout=...)", asked.on_timeout),
            also=tuple(also),
            again=children is not None and children.again,
        )

    def _way(self, asked: directives.WaitFor, then: str | None) -> dict[str, Any]:
        return {
            "name": asked.name,
            "key": asked.key,
            "then": self._onward("wait.any", asked.then or then),
            "kind": asked.kind,
            "match": asked.match,
            "accepts": asked.accepts,
            "fresh": asked.fresh,
        }

    def _join(self, asked: directives.WaitForChildren) -> Join:
        return Join(
            need=asked.need,
            again=asked.again,
            timeout=asked.timeout,
            on_timeout=self._known("wait.for_children(on_timeout=...)", asked.on_timeout),
            then=self._onward("wait.for_children", asked.then),
        )

    def _onward(self, call: str, then: str | None) -> str | None:
        """Return where the run goes after a wait; what the class says, where the wait does not."""
        if then is not None:
            return self._goto(f"{call}(then=...)", then).step
        if why := self._continuation.unclear:
            wrong = unclear_wait(why, self._methods, f"{call}(..., then=self.STEP)")
            raise InvalidStepResultError(f"{self._label}: {wrong}")
        return self._continuation.then

    def _known(self, call: str, step: str | None) -> str | None:
        return None if step is None else self._goto(call, step).step

    def _goto(self, call: str, step: str) -> Goto:
        if (found := self._gotos.get(step)) is None:
            raise unknown_step(self._label, call, step, self._gotos)
        return found


class AsyncStepBody(StepBody):
    """The same for a step that is `async def`."""

    is_async = True

    async def __call__(self, work: Work) -> Result:
        """Run the step once, awaiting it."""
        context = self.context(work)
        return self.result(work, context, await self.call(work, context))

    async def call(self, work: Work, context: Any) -> Any:
        """Call the method, and return what it returned, awaited."""
        token = enter(context, work, self._label)
        try:
            instance = self._cls()
            before = attributes(instance)
            returned = await getattr(instance, self._name)()
        finally:
            leave(token)
        self._leftovers.look(instance, before)
        return returned
