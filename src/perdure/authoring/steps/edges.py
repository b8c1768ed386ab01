"""What each method of a workflow class leads to, and which signals it waits for.

Read from code objects. What a step reaches through the class's own helpers and through `super()`
counts as its own. Where a target is computed, every step that the method names is taken for one, so
what is missing here is only what no name and no text of the class says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from perdure.authoring.steps import directives
from perdure.authoring.steps.bytecode import Attr, Call, Const, Name, Value
from perdure.authoring.steps.methods import Methods
from perdure.authoring.steps.sources import Source, Sources
from perdure.errors import DefinitionError

_TARGETS = {
    "goto": ("target",),
    "sleep": ("then",),
    "for_signal": ("then", "on_timeout"),
    "for_event": ("then", "on_timeout"),
    "for_children": ("then", "on_timeout"),
    "any": ("then", "on_timeout"),
}
_WAITS = ("for_signal", "for_event", "for_children")
_A_HOOK = (
    "which is a hook: it runs when the run fails or is cancelled, and nothing else leads to it. Put "
    "what both do into a plain method, and call that"
)
_POSITIONS = {
    ("goto", "target"): 0,
    ("sleep", "then"): 1,
    ("for_signal", "name"): 0,
    ("for_event", "name"): 0,
}
_FUNCTIONS = {
    "goto": directives.goto,
    "sleep": directives.sleep,
    "wait_for_event": directives.wait_for_event,
}


@dataclass(slots=True)
class Edges:
    """Where one step leads, by the way it goes there; dicts serve as ordered sets.

    `open_waits` are its waits that do not say `then=`.
    """

    gotos: dict[str, None] = field(default_factory=dict)
    thens: dict[str, None] = field(default_factory=dict)
    timeouts: dict[str, None] = field(default_factory=dict)
    signals: dict[str, None] = field(default_factory=dict)
    events: dict[str, None] = field(default_factory=dict)
    open_waits: list[Call] = field(default_factory=list)

    def all(self) -> dict[str, None]:
        """Return every step that this one leads to."""
        return {**self.gotos, **self.thens, **self.timeouts}


def edges_of(methods: Methods, doubts: list[str] | None = None) -> dict[str, Edges]:
    """Return the edges of each step, and of each helper.

    Raises DefinitionError for a target that is no step; with a list of `doubts` it is added there.
    """
    reader = _Reader(methods, doubts)
    return {name: reader.edges(name) for name in (*methods.steps, *sorted(methods.helpers))}


def argument(call: Call, kind: str, name: str) -> Value | None:
    """Return what a call gives for an argument; None if nothing, or None, or if it is hidden."""
    at = _POSITIONS.get((kind, name))
    if at is not None and at < len(call.positional):
        given: Value | None = call.positional[at]
    else:
        given = (call.keywords or {}).get(name)
    return None if given == Const(None) else given


class _Reader:
    def __init__(self, methods: Methods, doubts: list[str] | None) -> None:
        self.methods = methods
        self.doubts = doubts
        self.steps = methods.steps
        self.sources = Sources(methods)

    def edges(self, name: str) -> Edges:
        edges = Edges()
        sources = self.sources.reached(name)
        computed = False
        for source in sources:
            for call in source.reading.calls:
                computed |= self._add(edges, name, source, call)
        led = [way for source in sources for way in self._led(source)]
        edges.open_waits = [call for call in edges.open_waits if not any(call is w for w in led)]
        said = {**edges.thens, **edges.timeouts}
        for source in sources:
            for value in source.reading.values:
                step = self._mentioned(source, value, texts=computed)
                if step and step not in said:
                    edges.gotos[step] = None
        return edges

    def _add(self, edges: Edges, owner: str, source: Source, call: Call) -> bool:
        """Add what a call of a directive says; tell whether it computes where to go."""
        kind = _kind(source, call.callee)
        computed = False
        for name in _TARGETS.get(kind, ()):
            if (value := argument(call, kind, name)) is not None:
                found = self._targets(owner, kind, source, value)
                computed |= name == "target" and "" in found
                found.pop("", None)
                into = {"target": edges.gotos, "then": edges.thens}.get(name, edges.timeouts)
                into.update(found)
        if kind == "for_signal":
            edges.signals.update(self._texts(source, call, kind))
        elif kind == "for_event":
            edges.events.update(self._texts(source, call, kind))
        may_be_open = kind in _WAITS and call.keywords is not None
        if may_be_open and argument(call, kind, "then") is None:
            edges.open_waits.append(call)
        return computed

    def _led(self, source: Source) -> Iterator[Value]:
        """Yield the waits that a `wait.any(..., then=...)` leads on."""
        for call in source.reading.calls:
            if _kind(source, call.callee) == "any" and argument(call, "any", "then") is not None:
                for given in call.positional:
                    yield from (leaf for _, leaf, _ in self.sources.leaves(source, given))

    def _targets(self, owner: str, kind: str, source: Source, value: Value) -> dict[str, None]:
        """Return the steps that an argument may name, with empty text for what cannot be told."""
        leaves = self.sources.leaves(source, value)
        return dict.fromkeys(self._target(owner, kind, *leaf) for leaf in leaves)

    def _target(self, owner: str, kind: str, source: Source, value: Value, exact: bool) -> str:
        if isinstance(value, Call):
            called = self.sources.own(source, value.callee)
            if called in self.steps:
                raise self._error(
                    owner,
                    f"{kind} is given self.{called}(), which runs that step instead of naming it. "
                    f"Write self.{called} without ()",
                )
            return ""
        name = self._named(source, value)
        if name in self.steps and self.steps[name].options.is_hook:
            raise self._error(owner, f"{kind} leads to {name!r}, {_A_HOOK}")
        if name in self.steps or not exact or not name:
            return name if name in self.steps else ""
        error = self._error(owner, f"{kind} leads to {name!r}, {self._unknown(name)}")
        if self.doubts is None:
            raise error
        self.doubts.append(str(error))
        return ""

    def _named(self, source: Source, value: Value) -> str:
        """Return the name of the step that a value is meant to be; empty if it cannot be told."""
        text = self.sources.text(source, value)
        if text is not None:
            return text
        name = self.sources.own(source, value)
        if not name:  # OrderWorkflow.ship
            return value.name if isinstance(value, Attr) and value.name in self.steps else ""
        return "" if name not in self.steps and self._may_be_anything(name) else name

    def _may_be_anything(self, name: str) -> bool:
        """Whether only an instance can tell what its attribute is."""
        cls = self.methods.cls
        if hasattr(cls, name):
            return name not in self.methods.helpers
        made = any("__init__" in vars(base) for base in cls.__mro__[:-1])
        return made or hasattr(cls, "__getattr__")

    def _unknown(self, name: str) -> str:
        if name in self.methods.helpers:
            return "which is no step. Write @step() above it"
        near = get_close_matches(name, self.steps, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Its steps: {', '.join(self.steps)}"
        return f"and there is no such step. {hint}"

    def _error(self, owner: str, what: str) -> DefinitionError:
        return DefinitionError(f"{self.methods.label(owner)}: {what}")

    def _texts(self, source: Source, call: Call, kind: str) -> dict[str, None]:
        """Return the names of what a call waits for, as far as they stand there as text."""
        value = argument(call, kind, "name")
        leaves = self.sources.leaves(source, value) if value is not None else ()
        texts = [self.sources.text(place, leaf) for place, leaf, exact in leaves if exact]
        return dict.fromkeys(text for text in texts if text)

    def _mentioned(self, source: Source, value: Value, *, texts: bool) -> str:
        """Return the step that a value stands for, though no directive was seen to take it."""
        name = self.sources.own(source, value)
        if texts and isinstance(value, Const) and isinstance(value.value, str):
            name = value.value
        return name if name in self.steps else ""


def _kind(source: Source, callee: Value) -> str:
    """Return which directive is called; empty for anything else, such as `page.goto(url)`."""
    match callee:
        case Attr(base, "for_signal" | "for_event" | "for_children" as name):
            return "" if source.is_self(base) else name
        case Attr(base, "any"):
            known = source.looked_up(base)
            named = isinstance(base, Name) and base.name == "wait"  # imported inside the function
            return "any" if known is directives.wait or (known is None and named) else ""
        case Attr(_, "goto" | "sleep" | "wait_for_event") | Name():
            known = source.looked_up(callee)
        case _:
            return ""
    if known is None and isinstance(callee, Name) and callee.name in _FUNCTIONS:
        found = callee.name  # imported inside the function
    else:
        found = next((name for name, one in _FUNCTIONS.items() if known is one), "")
    return "for_event" if found == "wait_for_event" else found
