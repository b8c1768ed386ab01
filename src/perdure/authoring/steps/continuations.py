"""Where a run goes after a wait that does not say so: DESIGN's rule, and the error that replaces it.

To the step written next, if nothing else leads to it; after the last step the run completes. Hooks
count as not written there. In every other case the wait must say `then=`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from perdure.authoring.steps.bytecode import Attr, Call, Const, Name
from perdure.authoring.steps.edges import Edges, argument
from perdure.authoring.steps.methods import Methods
from perdure.errors import DefinitionError

_ANY_WAIT = "wait.for_signal(..., then=self.STEP)"


@dataclass(frozen=True, slots=True)
class Continuation:
    """What follows a wait in a step. Without `then` the run completes, unless it is `unclear`.

    `unclear` says why it cannot be told, and which line to write.
    """

    then: str | None
    unclear: str = ""


def continuations_of(methods: Methods, edges: Mapping[str, Edges]) -> dict[str, Continuation]:
    """Return what follows a wait in each step, whether it has one or not."""
    names = list(methods.ordinary)
    found = dict.fromkeys(methods.steps, Continuation(None))
    for name, following in zip(names, [*names[1:], None], strict=True):
        why = _objection(methods, edges, name, following)
        found[name] = Continuation(None if why else following, why)
    return found


def check_waits(
    methods: Methods, edges: Mapping[str, Edges], found: Mapping[str, Continuation]
) -> None:
    """Refuse a wait whose continuation is unclear. Raises DefinitionError with the line to write."""
    for name in methods.steps:
        for call in edges[name].open_waits:
            if why := found[name].unclear:
                wrong = unclear_wait(why, methods, _written(call))
                raise DefinitionError(f"{methods.label(name)}: {wrong}")


def completing(
    methods: Methods, edges: Mapping[str, Edges], found: Mapping[str, Continuation]
) -> tuple[dict[str, Continuation], list[str]]:
    """Let waits whose continuation is unclear complete the run; also return what to warn of."""
    unclear = {name: each.unclear for name, each in found.items() if each.unclear}
    warnings = [
        f"{methods.label(name)}: after its wait the run completes, because {why}. To go on write "
        f"then=self.STEP in the wait"
        for name, why in unclear.items()
        if edges[name].open_waits
    ]
    return {name: Continuation(each.then) for name, each in found.items()}, warnings


def unclear_wait(why: str, methods: Methods, call: str = _ANY_WAIT) -> str:
    """Return what to tell whoever wrote a wait whose continuation is unclear."""
    return (
        f"it is unclear where the run goes after its wait ({why}). Say it:\n"
        f"    return {call}\n"
        f"where STEP is one of {', '.join(methods.ordinary)}"
    )


def _objection(
    methods: Methods, edges: Mapping[str, Edges], name: str, following: str | None
) -> str:
    """Say why the run cannot simply go on with the step written next; empty if it can."""
    if following is None:
        return ""
    steps = methods.steps
    if steps[following].body is not steps[name].body:
        owner = steps[name].body.__name__
        return f"it is the last step of {owner}, and {methods.cls.__name__} has more steps"
    if following == methods.start:
        return f"the step written next, {following!r}, is the start step"
    leading = [other for other in edges if following in edges[other].all()]
    leading = [other for other in leading if other in steps] or leading
    if leading:
        return f"{' and '.join(leading)} also {_leads(leading)} to {following!r}, written next"
    return ""


def _leads(names: list[str]) -> str:
    return "leads" if len(names) == 1 else "lead"


def _written(call: Call) -> str:
    """Return the call as it could be written, with `then=`; what cannot be told is `...`."""
    others = ", ".join(f"{each}=..." for each in call.keywords or {} if each != "name")
    others = f"{others}, " if others else ""
    if isinstance(call.callee, Attr) and call.callee.name == "for_children":
        return f"wait.for_children({'..., ' if call.positional else ''}{others}then=self.STEP)"
    name = argument(call, "for_signal", "name")
    shown = f'"{name.value}"' if isinstance(name, Const) else "..."
    return f"{_called(call)}({shown}, {others}then=self.STEP)"


def _called(call: Call) -> str:
    name = call.callee.name if isinstance(call.callee, Attr | Name) else "for_signal"
    return f"wait.{name}" if name.startswith("for_") else name
