"""A run's children and its secrets, asked after over the line: the parent has what knows them.

The child asks, the parent answers; what the parent's side raises is raised in the step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from perdure import errors
from perdure.authoring import plans
from perdure.errors import OutsideStepError, PerdureError
from perdure.ports import vault as vault_errors
from perdure.ports.executor import ChildWanted, Work
from perdure.ports.rows import RunRow
from perdure.wire.encoding import encode_value

Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Sends a question over the line, and returns its answer."""


@dataclass(frozen=True, slots=True)
class DistantFamily:
    """What a step in a process of its own may ask of its run's children."""

    ask: Ask

    def wanted(
        self, workflow: str | type, inputs: Mapping[str, Any], *, priority: int, detached: bool
    ) -> ChildWanted:
        """Return a child to be started. Raises UnknownWorkflowError, InvalidValueError."""
        name = workflow
        if isinstance(workflow, type):
            name = getattr(workflow, "__perdure_workflow__", workflow.__name__)
        encode_value(dict(inputs), "inputs")  # what is no JSON cannot cross the line, nor be kept
        asked = {"workflow": name, "inputs": dict(inputs)}
        said = _heard(self.ask({"wanted": asked, "priority": priority, "detached": detached}))
        return load_wanted(said)

    def children(self, run: str) -> Sequence[RunRow]:
        """Return the children that the run waits for, or waited for last, in their order."""
        return [RunRow(**row) for row in _heard(self.ask({"children": run}))]

    def child(self, run: str) -> RunRow | None:
        """Return a run by its id; None if there is none."""
        row = _heard(self.ask({"child": run}))
        return RunRow(**row) if row is not None else None

    def result(self, row: RunRow) -> Any:
        """Return what a completed child came to."""
        return _heard(self.ask({"result": asdict(row)}))

    def error(self, run: str) -> str | None:
        """Return why this run fails, as the JSON text of step, kind and message."""
        said: str | None = _heard(self.ask({"error": run}))
        return said


@dataclass(frozen=True, slots=True)
class DistantVault:
    """What seals and opens for a step in a process of its own, which never has a key."""

    ask: Ask

    def sealed(self, run: str, place: str, kind: str, text: str) -> str:  # noqa: ARG002
        """Return the token of a JSON text that was sealed."""
        token: str = _heard(self.ask({"seal": [place, kind, text]}))
        return token

    def opened(self, run: str, place: str, kind: str, token: str) -> str:  # noqa: ARG002
        """Return the JSON text of a token."""
        text: str = _heard(self.ask({"open": [place, kind, token]}))
        return text


def answer(work: Work, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Answer what a child process asks for an attempt: `said`, or what was `raised`."""
    try:
        return {"said": _said(work, asked)}
    except PerdureError as error:
        return {"raised": [type(error).__name__, str(error)]}


def _said(work: Work, asked: Mapping[str, Any]) -> Any:
    if "seal" in asked or "open" in asked:
        return _vaulted(work, asked)
    family = work.family
    if family is None:
        raise OutsideStepError("a step that runs alone has no children")
    if "wanted" in asked:
        wanted = asked["wanted"]
        options = {"priority": asked["priority"], "detached": asked["detached"]}
        return dump_wanted(family.wanted(wanted["workflow"], wanted["inputs"], **options))
    if "children" in asked:
        return [asdict(row) for row in family.children(asked["children"])]
    if "child" in asked:
        row = family.child(asked["child"])
        return asdict(row) if row is not None else None
    if "error" in asked:
        return family.error(asked["error"])
    return family.result(RunRow(**asked["result"]))


def _vaulted(work: Work, asked: Mapping[str, Any]) -> str:
    """Seal or open for the attempt's own run, whatever the child asks."""
    vault = work.vault
    if vault is None:
        raise OutsideStepError("a step that runs alone has no secrets")
    if "seal" in asked:
        return vault.sealed(work.run, *asked["seal"])
    return vault.opened(work.run, *asked["open"])


def _heard(said: Mapping[str, Any]) -> Any:
    if "raised" not in said:
        return said["said"]
    name, message = said["raised"]
    kind = getattr(errors, name, getattr(vault_errors, name, PerdureError))
    error = kind.__new__(kind)  # its own arguments stayed behind; its message is what counts
    Exception.__init__(error, message)
    raise error


def dump_wanted(child: ChildWanted) -> dict[str, Any]:
    """Return a child to be started as plain data."""
    return {
        "hash": child.plan.hash,
        "body": child.body,
        "context": child.context,
        "priority": child.priority,
        "detached": child.detached,
        "deadline": child.deadline,
    }


def load_wanted(said: Mapping[str, Any]) -> ChildWanted:
    """Return the child of `dump_wanted`."""
    return ChildWanted(
        plan=plans.load(said["body"], said["hash"]),
        body=said["body"],
        context=said["context"],
        priority=said["priority"],
        detached=said["detached"],
        deadline=said["deadline"],
    )
