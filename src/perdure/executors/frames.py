"""Attempts and what came of them as JSON texts: what crosses the line to a child and back.

Values are JSON texts already; what is added is plain data. Directives are written field by field
and looked up by name among the kernel's own, so nothing of a user's is ever built from a frame.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any

from perdure.authoring import plans
from perdure.executors.kin import dump_wanted, load_wanted
from perdure.kernel import directives
from perdure.kernel.plan import Plan
from perdure.ports.executor import Family, IsCalledOff, OutputReader, Pulse, Result, Work, never
from perdure.ports.vault import Vault
from perdure.wire.encoding import decode, encode

KIND = "$"
_DIRECTIVES: dict[str, type] = {
    name: kind
    for name, kind in vars(directives).items()
    if isinstance(kind, type) and is_dataclass(kind)
}
_STAY = ("plan", "step", "reader", "pulse", "family", "started", "called_off", "vault", "purse")
_FIELDS = tuple(field.name for field in fields(Work) if field.name not in _STAY)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the code of a workflow is found: a module, or the script that was started.

    `main` is the script's file where the module is `__main__`, and `package` the one it is of.
    `path` is where modules are looked for.
    """

    module: str = ""
    main: str = ""
    package: str = ""
    path: tuple[str, ...] = ()


def dump_work(work: Work, origin: Origin, *, with_plan: bool, number: int) -> str:
    """Return an attempt as a frame; a plan is sent to a child once, the number comes back."""
    body: dict[str, Any] = {name: getattr(work, name) for name in _FIELDS}
    body["step"] = work.step.name
    body["hash"] = work.plan.hash
    body["plan"] = plans.dump(work.plan) if with_plan else None
    return encode({"run": body, "origin": asdict(origin), "number": number})


def load_work(  # noqa: PLR0913 - what an attempt has on this side of the line
    body: Mapping[str, Any],
    known: dict[str, Plan],
    *,
    reader: OutputReader,
    pulse: Pulse,
    family: Family | None = None,
    called_off: IsCalledOff = never,
    vault: Vault | None = None,
) -> Work:
    """Return the attempt of a frame; `known` are the plans that came before, by their hashes."""
    hash_ = body["hash"]
    if body["plan"] is not None:
        known[hash_] = plans.load(body["plan"], hash_)
    plan = known[hash_]
    given = {name: body[name] for name in _FIELDS}
    step = plan.step(body["step"])
    return Work(
        plan=plan,
        step=step,
        reader=reader,
        pulse=pulse,
        family=family,
        called_off=called_off,
        vault=vault,
        **given,
    )


def load_origin(body: Mapping[str, Any]) -> Origin:
    """Return the origin of a frame."""
    return Origin(**{**body, "path": tuple(body["path"])})


def dump_result(result: Result, number: int, cpu: float | None = None) -> str:
    """Return what came of the attempt of this number as a frame. `meta` is plain data."""
    body = {field.name: getattr(result, field.name) for field in fields(Result)}
    body["outcome"] = _dumped(result.outcome)
    body["meta"] = dict(result.meta) if result.meta is not None else None
    body["children"] = [dump_wanted(child) for child in result.children]
    return encode({"done": body, "number": number, "cpu": cpu})


def load_result(body: dict[str, Any]) -> Result:
    """Return the result of a frame."""
    children = tuple(load_wanted(child) for child in body.get("children", ()))
    return Result(**{**body, "outcome": _loaded(body["outcome"]), "children": children})


def _dumped(value: Any) -> Any:
    if is_dataclass(value):
        named = {field.name: _dumped(getattr(value, field.name)) for field in fields(value)}
        return {KIND: type(value).__name__, **named}
    if isinstance(value, Mapping):
        return {name: _dumped(each) for name, each in value.items()}
    return [_dumped(each) for each in value] if isinstance(value, list | tuple) else value


def _loaded(value: Any) -> Any:
    if isinstance(value, dict):
        made = {name: _loaded(each) for name, each in value.items()}
        kind: Callable[..., Any] = _DIRECTIVES[made.pop(KIND)] if KIND in made else dict
        return kind(**made)
    return tuple(_loaded(each) for each in value) if isinstance(value, list) else value


def message(**body: Any) -> str:
    """Return any other frame."""
    return encode(body)


def read(frame: str) -> dict[str, Any]:
    """Return what a frame says."""
    said: dict[str, Any] = decode(frame)
    return said
