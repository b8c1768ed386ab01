"""`@workflow` and `@step`: how a class becomes a durable workflow."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from types import FunctionType
from typing import Any, Literal, TypeVar, overload

from perdure.authoring.defaults import default_registry
from perdure.authoring.plans import seal
from perdure.authoring.registry import ON_LIMIT, Registry, is_limit
from perdure.authoring.schedules import SCHEDULED_FOR, Schedule, schedule_of
from perdure.authoring.steps.begin import lacking, taken, unknown
from perdure.authoring.steps.compiler import compile_class
from perdure.authoring.steps.hooks import as_hook
from perdure.authoring.steps.methods import shown
from perdure.authoring.steps.migration import Move, check_moves, migrating
from perdure.authoring.steps.models import declared_model
from perdure.authoring.steps.options import StepOptions, mark, options_of
from perdure.authoring.steps.retry import Retry
from perdure.authoring.steps.spans import Span, seconds_of
from perdure.errors import DefinitionError, InvalidValueError
from perdure.kernel.plan import DEFAULT_QUEUE, is_queue

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])

Keep = Span | Literal["forever"] | None
OnLimit = Literal["wait", "refuse"]
FOREVER = 1e12
"""More seconds than any store will see."""


def workflow(  # noqa: PLR0913 - what may be said of a workflow
    name: str,
    *,
    version: str = "1",
    default_retry: Retry | None = None,
    schedule: Schedule | str | None = None,
    queue: str = DEFAULT_QUEUE,
    keep: Keep = None,
    migrate: Mapping[str, Move] | None = None,
    max_live: int | None = None,
    on_limit: OnLimit = "wait",
    registry: Registry | None = None,
) -> Callable[[C], C]:
    """Make a class a workflow of this name; the class itself stays as it is.

    Its methods under `@step` are the steps, its nested `Context` (a pydantic model) is the data of
    a run. It is checked here: DefinitionError names class and step and says what to write. The same
    file and class declared again replaces itself; another one of the name is refused. Its steps are
    on `queue`, where they name no other one; `engine.queues` limits queues. A run that has ended is
    kept for `keep` (a timedelta, seconds, or "forever"; else the setting `keep_days` says). With a
    `schedule` (a cron expression, or a Schedule) runs of it begin by themselves wherever a worker
    has the class. It goes into this process's default registry unless `registry` names one.
    `migrate` has a function for each version whose live runs are to go on by this class: it makes
    the context of such a run (plain JSON values) one of this version. At most `max_live` runs live
    at a time; further ones wait in line, or with `on_limit="refuse"` raise LimitReachedError.
    """
    return declaring(
        name, version=version, default_retry=default_retry, queue=queue, schedule=schedule,
        keep=keep, migrate=migrate, max_live=max_live, on_limit=on_limit, registry=registry,
    )  # fmt: skip


def declaring(  # noqa: PLR0913 - what may be said of a workflow
    name: str,
    *,
    version: str = "1",
    default_retry: Retry | None = None,
    schedule: Schedule | str | None = None,
    queue: str = DEFAULT_QUEUE,
    keep: Keep = None,
    migrate: Mapping[str, Move] | None = None,
    max_live: int | None = None,
    on_limit: OnLimit = "wait",
    registry: Registry | None = None,
    lenient: bool = False,
) -> Callable[[C], C]:
    """Return what `workflow` is: the decorator; `lenient` as `compile_class` has it."""
    _check_name(name, version, default_retry)
    said = None if schedule is None else _schedule(name, schedule)
    kept = _keep(name, keep)
    _check_queue(queue, f"@workflow({name!r}, queue=...)")
    moves = dict(migrate or {})
    check_moves(name, moves)
    _check_limit(name, max_live, on_limit)

    def declare(cls: C) -> C:
        if not isinstance(cls, type):
            raise DefinitionError(
                f"@workflow({name!r}) stands above {cls!r}. Write it above a class"
            )
        made = compile_class(
            cls, name, version=version, default_retry=default_retry, queue=queue, lenient=lenient
        )
        if kept is not None:
            made = replace(made, plan=seal(replace(made.plan, keep=kept)))
        if said is not None:
            _check_inputs(name, said, cls)
            made = replace(made, schedule=said)
        if moves and made.fits is not None:
            fits = migrating(made.fits, moves)
            made = replace(made, fits=fits, migrates=frozenset(moves))
        if max_live is not None:
            made = replace(made, max_live=max_live, on_limit=on_limit)
        (default_registry() if registry is None else registry).add(made)
        cls.__perdure_workflow__ = name  # type: ignore[attr-defined] # so that start() takes it
        return cls

    return declare


def _keep(name: str, said: Keep) -> float | None:
    if said == "forever":
        return FOREVER
    try:
        return None if said is None else seconds_of(said)
    except ValueError as error:
        raise DefinitionError(
            f"@workflow({name!r}, keep=...): {error}. Give a timedelta, or 'forever'"
        ) from error


def _check_limit(name: str, max_live: object, on_limit: object) -> None:
    if max_live is not None and not is_limit(max_live):
        raise DefinitionError(
            f"@workflow({name!r}, max_live=...) is how many runs may live at a time, 1 or more, not "
            f"{max_live!r}"
        )
    if on_limit not in ON_LIMIT:
        raise DefinitionError(
            f"@workflow({name!r}, on_limit=...) is one of {', '.join(ON_LIMIT)}, not {on_limit!r}"
        )
    if on_limit != ON_LIMIT[0] and max_live is None:
        raise DefinitionError(
            f"@workflow({name!r}, on_limit={on_limit!r}) says what to do where max_live is reached. "
            "Give max_live, too"
        )


def _schedule(name: str, said: Schedule | str) -> Schedule:
    try:
        return schedule_of(said)
    except InvalidValueError as error:
        raise DefinitionError(f"@workflow({name!r}, schedule=...): {error}") from error


def _check_inputs(name: str, said: Schedule, cls: type) -> None:
    """Refuse a schedule whose runs could not begin: it does not give what they need, or take."""
    declared = declared_model(cls)
    for wrong in unknown(cls, declared, said.inputs):
        known = sorted(taken(cls, declared))
        near = get_close_matches(wrong, known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"It takes: {', '.join(known) or 'none'}"
        raise DefinitionError(
            f"@workflow({name!r}, schedule=...): a run of {shown(cls)} takes no input {wrong!r}. "
            f"{hint}"
        )
    missing = lacking(cls, declared, {*said.inputs, SCHEDULED_FOR})
    if missing:
        inputs = ", ".join(f'"{each}": ...' for each in missing)
        raise DefinitionError(
            f"@workflow({name!r}, schedule=...): a run needs {' and '.join(map(repr, missing))}, "
            f"which the schedule does not give. Write Schedule(..., inputs={{{inputs}}}), or give "
            f"{shown(cls)} a default for it"
        )


@overload
def step(method: F, /) -> F: ...


@overload
def step(
    *,
    start: bool = False,
    retry: Retry | None = None,
    timeout: Span | None = None,
    waits: Sequence[str] = (),
    at_most_once: bool = False,
    verify: Callable[..., Any] | str | None = None,
    transactional: Callable[[], Any] | None = None,
    process: bool = False,
    queue: str | None = None,
    on_fail: bool = False,
    on_cancel: bool = False,
    formerly: str | Sequence[str] = (),
) -> Callable[[F], F]: ...


def step(  # noqa: PLR0913 - what may be said of a step
    method: Any = None,
    /,
    *,
    start: bool = False,
    retry: Retry | None = None,
    timeout: Span | None = None,
    waits: Sequence[str] = (),
    at_most_once: bool = False,
    verify: Callable[..., Any] | str | None = None,
    transactional: Callable[[], Any] | None = None,
    process: bool = False,
    queue: str | None = None,
    on_fail: bool = False,
    on_cancel: bool = False,
    formerly: str | Sequence[str] = (),
) -> Any:
    """Make a method a step; `@step` and `@step()` are the same.

    `start` marks the first one, `formerly` is its name in older code, `timeout` bounds one attempt.
    `retry` takes the workflow's policy's place. `waits` lists signals whose names are computed.

    With `at_most_once` the step is never run again where nobody knows what an attempt has done: its
    worker died, its time was over, or it raised OutcomeUnknown. `verify`, a function of idempotency
    key and context (or a method's name), is asked then, as often as `retry` says; it returns
    `outcome.done(...)`, `outcome.not_done()` or `outcome.unknown()`. What it cannot tell rests
    until somebody calls `engine.settle`, or `perdure settle`.

    With `transactional`, a function that gives a DB-API 2 connection to the application's database,
    the step runs in a transaction there: what it writes with `connection()` and what it came to are
    committed together, once for a visit, however often it is tried.

    With `process` each attempt runs in a process of its own, whose death ends the attempt alone.

    With `queue` the step waits in this queue, which can be limited while it is in use:
    `engine.queues.set("mail", concurrency=4, rate="100/min")`. With `on_cancel` it is the hook
    that a cancelled run ends with, with `on_fail` that of a run that would fail: `docs/control.md`.
    """
    if method is not None:
        return _marked(method, StepOptions(), sys._getframe(1).f_locals)  # noqa: SLF001
    options = _options(start, retry, timeout, waits, process=process, queue=queue)
    options = _with_once(options, verify, at_most_once=at_most_once)
    options = replace(options, formerly=_former(formerly))
    options = _with_transactions(options, transactional)
    options = as_hook(options, on_fail=on_fail, on_cancel=on_cancel)

    def declare(method: F) -> F:
        return _marked(method, options, sys._getframe(1).f_locals)  # noqa: SLF001

    return declare


def _with_once(options: StepOptions, verify: Any, *, at_most_once: bool) -> StepOptions:
    if not at_most_once and verify is None:
        return options
    _check_once(options.retry, verify, at_most_once=at_most_once)
    return replace(options, at_most_once=True, verify=verify)


def _with_transactions(
    options: StepOptions, transactional: Callable[[], Any] | None
) -> StepOptions:
    if transactional is None:
        return options
    _check_transactional(transactional, options)
    return replace(options, transactional=transactional)


def _marked(method: F, options: StepOptions, written: dict[str, Any]) -> F:
    """Make a method a step; `written` is what stands in its class so far."""
    _check_method(method)
    _check_first(method, written)
    mark(method, options)
    return method


def _former(formerly: str | Sequence[str]) -> tuple[str, ...]:
    names = (formerly,) if isinstance(formerly, str) else tuple(formerly)
    if not all(isinstance(name, str) and name.isidentifier() for name in names):
        raise DefinitionError(f"@step(formerly=...) is a step's name, or several, not {formerly!r}")
    return names


def _options(
    start: bool,
    retry: Retry | None,
    timeout: Span | None,
    waits: Sequence[str],
    *,
    process: bool,
    queue: str | None,
) -> StepOptions:
    _check_retry(retry, "@step(retry=...)")
    if queue is not None:
        _check_queue(queue, "@step(queue=...)")
    if isinstance(waits, str) or not all(isinstance(each, str) and each for each in waits):
        raise DefinitionError(f"@step(waits=...) is a list of signal names, not {waits!r}")
    try:
        seconds = None if timeout is None else seconds_of(timeout)
    except ValueError as error:
        raise DefinitionError(f"@step(timeout=...): {error}") from error
    if seconds == 0.0:
        raise DefinitionError(f"@step(timeout={timeout!r}) leaves no time. Give more than zero")
    return StepOptions(
        start=bool(start), retry=retry, timeout=seconds, waits=tuple(waits), process=bool(process),
        queue=queue,
    )  # fmt: skip


def _check_once(retry: Retry | None, verify: object, *, at_most_once: bool) -> None:
    if not at_most_once:
        raise DefinitionError("@step(verify=...) is for a step with at_most_once=True. Add that")
    if verify is not None and not callable(verify) and not isinstance(verify, str):
        raise DefinitionError(
            f"@step(verify=...) takes a function of key and context, or a method's name, not "
            f"{verify!r}"
        )
    if verify is None and retry is not None and retry.max_attempts > 1:
        raise DefinitionError(
            "@step(at_most_once=True, retry=...) contradict each other: leave out `retry`, or add "
            "verify=..., which `retry` then says how often to ask"
        )


def _check_transactional(connect: object, options: StepOptions) -> None:
    if not callable(connect):
        raise DefinitionError(
            f"@step(transactional=...) takes a function that gives a DB-API 2 connection, not "
            f"{connect!r}"
        )
    if options.at_most_once:
        raise DefinitionError(
            "@step(transactional=..., at_most_once=True): what a transactional step writes happens "
            "once already. Leave out at_most_once"
        )


def _check_name(name: object, version: object, default_retry: object) -> None:
    if isinstance(name, type):
        raise DefinitionError(f'@workflow needs a name. Write @workflow("...") above {shown(name)}')
    if not isinstance(name, str) or not name.strip():
        raise DefinitionError(f'@workflow({name!r}): the name is text. Write @workflow("...")')
    if not isinstance(version, str) or not version:
        raise DefinitionError(f"@workflow({name!r}, version={version!r}): the version is text")
    _check_retry(default_retry, f"@workflow({name!r}, default_retry=...)")


def _check_queue(queue: object, where: str) -> None:
    if not is_queue(queue):
        raise DefinitionError(f"{where}: a queue's name is text without commas, not {queue!r}")


def _check_retry(retry: object, where: str) -> None:
    if retry is not None and not isinstance(retry, Retry):
        raise DefinitionError(f"{where} takes Retry(...) or Retry.none(), not {retry!r}")


def _check_method(method: object) -> None:
    if isinstance(method, classmethod | staticmethod | property):
        kind = type(method).__name__
        raise DefinitionError(f"@step stands above a {kind}. A step is a plain method with `self`")
    if not isinstance(method, FunctionType):
        raise DefinitionError(
            f"@step stands above {method!r}. Write @step() above a method; its name is the step's"
        )


def _check_first(method: Any, written: dict[str, Any]) -> None:
    """Refuse a second step of the same name in one class, of which Python keeps only the last."""
    before = written.get(method.__name__)
    if options_of(before) is not None and before is not method and "__qualname__" in written:
        raise DefinitionError(
            f"{method.__qualname__.rpartition('<locals>.')[2]} is there already: a class has one "
            f"step of a name. Rename the second one"
        )
