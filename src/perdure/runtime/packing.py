"""What is open of loops, what rests, and how often steps were come to, as texts in their run's row.

And what an ended loop came to.
"""

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter

from perdure.kernel import history
from perdure.kernel.keys import Keys
from perdure.kernel.run import Rest
from perdure.kernel.scopes import Scope
from perdure.ports.commit import StepEnded
from perdure.wire.encoding import decode, encode

_NAMES = tuple(field.name for field in fields(Scope) if field.name != "open")
_LISTS = ("again", "failed")
_KEYS = ""
"""Under this name, which no step has, stand the keys of visits that come again."""
_get = attrgetter(*_NAMES)
_rest = attrgetter(*(field.name for field in fields(Rest)))


def dump_visits(visits: Mapping[str, int], keys: Keys) -> str:
    """Return visits as JSON text; empty if there are none."""
    if not visits:
        return ""
    return encode({**visits, _KEYS: keys} if keys else visits)


def load_visits(text: str) -> tuple[dict[str, int], Keys]:
    """Return the visits and the keys of a text that `dump_visits` made."""
    visits = decode(text) if text else {}
    return visits, visits.pop(_KEYS, {})


def dump_scopes(scopes: Mapping[str, Scope], rests: Mapping[str, Rest]) -> str | None:
    """Return loops and rests as JSON text; None if there are none. How many items are open is not kept."""
    if not scopes and not rests:
        return None
    loops = [[path, *_get(scope)] for path, scope in sorted(scopes.items())]
    return encode(loops + [[path, *_rest(rest)] for path, rest in sorted(rests.items())])


def load_scopes(text: str | None) -> tuple[dict[str, Scope], dict[str, Rest]]:
    """Return the loops and rests of a text that `dump_scopes` made."""
    scopes: dict[str, Scope] = {}
    rests: dict[str, Rest] = {}
    for path, *values in decode(text) if text else ():
        if len(values) == len(_NAMES):
            scopes[path] = _scope(values)
        else:
            rests[path] = Rest(*values)
    return scopes, rests


def _scope(values: list[object]) -> Scope:
    known = dict(zip(_NAMES, values, strict=True))
    known |= {name: tuple(known[name]) for name in _LISTS}  # type: ignore[arg-type]
    return Scope(**known)  # type: ignore[arg-type]


def scope_row(run: str, event: history.ScopeEnded, now: float) -> StepEnded:
    """Return the row of a loop that has ended. Its result refers to those of its items.

    That is where they are kept, once: `authoring.graphs.values` reads them from there.
    """
    output = error = None
    if event.kind:
        error = encode({"kind": event.kind, "type": event.kind, "message": event.error})
    else:
        output = encode({"items": event.count})
    meta = {"items": event.count} | ({"left_out": event.left_out} if event.left_out else {})
    return StepEnded(
        run, event.step, event.visit, event.attempt, "failed" if event.kind else "completed",
        event.at, now, output, error, encode(meta),
    )  # fmt: skip


def collected(error: str) -> str:
    """Return what stands in a loop's result for an item that failed, from its error's JSON text."""
    body = decode(error)
    return encode({"error": {"kind": body["kind"], "message": body["message"]}})
