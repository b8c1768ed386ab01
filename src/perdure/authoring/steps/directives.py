"""What a step may return: go to a step, sleep, wait for a signal, complete, fail.

Each call makes a small object that says what was asked; the step's body turns it into the kernel's
directive. A call whose arguments make no sense raises InvalidStepResultError at once, inside the
step, so the traceback points to the line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import iscoroutine
from typing import Any, Literal

from perdure.authoring.steps.accepting import schema_accepted
from perdure.authoring.steps.current import place
from perdure.authoring.steps.spans import Span, seconds_of
from perdure.errors import InvalidStepResultError, InvalidValueError
from perdure.wire.encoding import clean_text, encode_value

Target = str | Callable[..., Any]
"""A step: one of the class's methods (`self.ship`) or its name."""


class Directive:
    """What a step asked for. Make one with goto, sleep, wait.for_signal, complete or fail."""

    __slots__ = ()


@dataclass(slots=True)
class GoTo(Directive):
    """The run goes to this step."""

    step: str


@dataclass(slots=True)
class SleepFor(Directive):
    """The run sleeps, then enters `then`, or the same step again."""

    seconds: float
    then: str | None


@dataclass(slots=True, kw_only=True)
class WaitFor(Directive):
    """The run waits for a signal, or for what `kind` says; `match` and `accepts` are JSON texts."""

    name: str
    key: str | None
    timeout: float | None
    on_timeout: str | None
    then: str | None
    fresh: bool
    kind: str = "signal"
    match: str = ""
    accepts: str = ""


@dataclass(slots=True, kw_only=True)
class WaitForAny(Directive):
    """The run waits for the first of several things; `children` may be one of them."""

    ways: tuple[WaitFor, ...]
    children: "WaitForChildren | None"
    timeout: float | None
    on_timeout: str | None
    then: str | None


@dataclass(slots=True, kw_only=True)
class WaitForChildren(Directive):
    """The run waits for children."""

    need: int | None
    again: bool
    timeout: float | None
    on_timeout: str | None
    then: str | None


@dataclass(slots=True)
class Completed(Directive):
    """The run is completed, and this is added to its context."""

    data: dict[str, Any]


@dataclass(slots=True)
class GivenUp(Directive):
    """The run has failed, and this is why."""

    reason: str


def goto(target: Target) -> Directive:
    """Go to another step, given as the method itself (`goto(self.ship)`) or by its name."""
    return GoTo(target_name(target, "goto"))


def sleep(duration: Span, then: Target | None = None) -> Directive:
    """Sleep for a timedelta or a number of seconds, durably; then run the same step again.

    With `then` the run goes on there instead. A duration below zero counts as zero.
    """
    return SleepFor(_seconds(duration, "sleep"), _optional(then, "sleep(..., then=...)"))


class Waits:
    """The things that a run may wait for; `wait` is the one that there is."""

    __slots__ = ()

    def for_signal(  # noqa: PLR0913 - what is waited for, how long, and where it leads
        self,
        name: str,
        *,
        key: str | int | None = None,
        timeout: Span | None = None,
        on_timeout: Target | None = None,
        then: Target | None = None,
        fresh: bool = False,
        accepts: Any = None,
    ) -> Directive:
        """Wait until someone sends the signal; its payload is in the context of the next step.

        The run goes on at `then`, or at the step written next. `timeout` ends the wait at the step
        `on_timeout`, or fails the run (`wait_timeout`) where that is not given. `key` narrows the
        wait to signals sent with the same key, or without one. `fresh` forgets signals of this
        name that came before this step began. `accepts` is a model (pydantic's, a dataclass): a
        signal whose payload does not fit it is refused, and the wait goes on.
        """
        if not isinstance(name, str) or not name:
            raise _wrong("wait.for_signal", f"needs the signal's name as text, not {name!r}")
        if on_timeout is not None and timeout is None:
            raise _wrong("wait.for_signal", "has `on_timeout` but no `timeout`. Add timeout=...")
        return WaitFor(
            name=clean_text(name),
            key=_key(key),
            timeout=None if timeout is None else _seconds(timeout, "wait.for_signal(timeout=...)"),
            on_timeout=_optional(on_timeout, "wait.for_signal(..., on_timeout=...)"),
            then=_optional(then, "wait.for_signal(..., then=...)"),
            fresh=bool(fresh),
            accepts="" if accepts is None else _accepted(accepts),
        )

    def for_event(
        self,
        name: str,
        *,
        entity: object = None,
        match: Mapping[str, Any] | None = None,
        timeout: Span | None = None,
        on_timeout: Target | None = None,
        then: Target | None = None,
    ) -> Directive:
        """Wait until an event of this name happens: see `engine.emit`.

        `entity` narrows the wait to events about the entity with the same id (a model, a
        dataclass, a dict, an id), `match` to those whose payload has these values. The payload, and
        `event_id`, `event_name` and `entity_id`, are in the context of the next step. The rest is
        as in `wait.for_signal`.
        """
        if not isinstance(name, str) or not name:
            raise _wrong("wait.for_event", f"needs the event's name as text, not {name!r}")
        if on_timeout is not None and timeout is None:
            raise _wrong("wait.for_event", "has `on_timeout` but no `timeout`. Add timeout=...")
        return WaitFor(
            kind="event",
            name=clean_text(name),
            key=None if entity is None else _entity(entity),
            match="" if match is None else _matched(match),
            timeout=None if timeout is None else _seconds(timeout, "wait.for_event(timeout=...)"),
            on_timeout=_optional(on_timeout, "wait.for_event(..., on_timeout=...)"),
            then=_optional(then, "wait.for_event(..., then=...)"),
            fresh=False,
        )

    def any(
        self,
        *ways: Directive,
        timeout: Span | None = None,
        on_timeout: Target | None = None,
        then: Target | None = None,
    ) -> Directive:
        """Wait for the first of several signals and events, for children, or for the timeout.

        One of them wins. What has come already ends the wait as it begins: a signal or an event
        that was kept, and else children that have ended.
        Each way out may have a `then` of its own; the others go on at the `then` given here, or
        at the step written next. There `woken_by()` tells which one it was.
        """
        if not ways:
            raise _wrong("wait.any", "needs something to wait for: wait.for_signal(...), ...")
        for number, way in enumerate(ways):
            _check_way(way, ways[:number])
        if on_timeout is not None and timeout is None:
            raise _wrong("wait.any", "has `on_timeout` but no `timeout`. Add timeout=...")
        named = tuple(way for way in ways if isinstance(way, WaitFor))
        if not named:
            raise _wrong("wait.any", "waits for children alone: return wait.for_children(...)")
        return WaitForAny(
            ways=named,
            children=next((way for way in ways if isinstance(way, WaitForChildren)), None),
            timeout=None if timeout is None else _seconds(timeout, "wait.any(timeout=...)"),
            on_timeout=_optional(on_timeout, "wait.any(..., on_timeout=...)"),
            then=_optional(then, "wait.any(..., then=...)"),
        )

    def for_children(
        self,
        need: int | Literal["all", "any"] = "all",
        *,
        timeout: Span | None = None,
        on_timeout: Target | None = None,
        then: Target | None = None,
        again: bool = False,
    ) -> Directive:
        """Wait for the children that `start_child` has started; `children()` tells how they ended.

        With "all" until each has ended, well or not; with "any" until one has completed; with a
        number until so many have, or cannot any more. They are those that were started since the
        run last waited for some; with `again` they are the same ones once more, so the rest of
        them. Where the run goes, and what a `timeout` does, is as in `wait.for_signal`.
        """
        if on_timeout is not None and timeout is None:
            raise _wrong("wait.for_children", "has `on_timeout` but no `timeout`. Add timeout=...")
        return WaitForChildren(
            need=_need(need),
            again=bool(again),
            timeout=None
            if timeout is None
            else _seconds(timeout, "wait.for_children(timeout=...)"),
            on_timeout=_optional(on_timeout, "wait.for_children(..., on_timeout=...)"),
            then=_optional(then, "wait.for_children(..., then=...)"),
        )


wait = Waits()

wait_for_event = wait.for_event
"""The same as `wait.for_event`."""


def complete(**data: Any) -> Directive:
    """Complete the run. What is given is merged into its context first, declared there or not."""
    return Completed(data)


def fail(reason: object = "") -> Directive:
    """Fail the run for this reason, which its `error` tells. It is not tried again."""
    return GivenUp(clean_text(str(reason)) or "the step asked for it and gave no reason")


def _optional(target: Target | None, call: str) -> str | None:
    return None if target is None else target_name(target, call)


def target_name(target: object, call: str) -> str:
    """Return the name of a step that was given as a method or as its name."""
    name = getattr(target, "__name__", None) if callable(target) else target
    if isinstance(name, str) and name:
        return name
    shown = call if "(" in call else f"{call}(...)"
    if iscoroutine(target):
        target.close()  # it was made by mistake and would warn that nobody awaited it
        made_by = target.__name__
        raise _wrong(shown, f"called {made_by}(). Name the step without calling it: self.{made_by}")
    if target is None or isinstance(target, Directive):
        raise _wrong(shown, "got what a step returned. Name the step without calling it: self.STEP")
    raise _wrong(shown, f"needs a step: self.STEP or its name as text, not {target!r}")


def _seconds(span: object, call: str) -> float:
    try:
        return seconds_of(span)
    except ValueError as error:
        raise _wrong(call, f"cannot use this: {error}") from error


def _key(key: str | int | None) -> str | None:
    if key is None or (isinstance(key, str) and key):
        return key
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    raise _wrong("wait.for_signal(key=...)", f"needs text or an integer, not {key!r}")


def _entity(entity: object) -> str:
    from perdure.authoring.entities import entity_of  # for who waits for one

    try:
        found = entity_of(entity).id
    except InvalidValueError as error:
        raise _wrong("wait.for_event(entity=...)", str(error)) from error
    if found is None:
        raise _wrong("wait.for_event(entity=...)", f"has no id to wait for: {entity!r}")
    return str(found)


def _matched(match: object) -> str:
    if not isinstance(match, Mapping) or not match:
        raise _wrong("wait.for_event(match=...)", f"needs values by name, not {match!r}")
    try:
        return encode_value(dict(match), "match")
    except InvalidValueError as error:
        raise _wrong("wait.for_event(match=...)", str(error)) from error


def _accepted(model: object) -> str:
    try:
        return schema_accepted(model)
    except ValueError as error:
        raise _wrong("wait.for_signal(accepts=...)", str(error)) from error


def _check_way(way: object, before: Sequence[object]) -> None:
    if isinstance(way, WaitForAny):
        raise _wrong("wait.any", "stands in another one. Put the ways of both side by side")
    if not isinstance(way, WaitFor | WaitForChildren):
        raise _wrong("wait.any", f"takes wait.for_signal(...) and the like, not {way!r}")
    name = repr(way.name) if isinstance(way, WaitFor) else "the children"
    if way.timeout is not None:
        raise _wrong("wait.any", f"has one timeout for all. Move that of {name} to wait.any")
    if isinstance(way, WaitForChildren):
        if any(isinstance(other, WaitForChildren) for other in before):
            raise _wrong("wait.any", "waits for children twice. Say once how many are needed")
        return
    if any(_takes_all_of(other, way) for other in before):
        raise _wrong("wait.any", f"waits for {name} twice: the second way is never taken")


def _takes_all_of(other: object, way: WaitFor) -> bool:
    """Whether nothing is left for a way by one that is asked before it."""
    return (
        isinstance(other, WaitFor)
        and (other.kind, other.name, other.key, other.match)
        == (way.kind, way.name, way.key, way.match)
        and not (other.accepts or other.fresh)
    )


def _need(need: object) -> int | None:
    if need in ("all", "any"):
        return None if need == "all" else 1
    if isinstance(need, int) and not isinstance(need, bool) and need > 0:
        return need
    raise _wrong("wait.for_children", f'waits for "all", "any" or a number from 1, not {need!r}')


def _wrong(call: str, what: str) -> InvalidStepResultError:
    where = place()
    return InvalidStepResultError(f"{where}: {call} {what}" if where else f"{call} {what}")
