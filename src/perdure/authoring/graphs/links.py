"""How the steps of a definition hang together: what each needs, and which inputs are read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from perdure.authoring.graphs.drafts import Draft, find_references
from perdure.authoring.graphs.findings import Findings
from perdure.kernel.plan import find_cycle
from perdure.kernel.references import Reference, Root, cut

LOOP_NAMES = ("current_item", "index", "length", "outer")
"""What `${loop...}` knows: the item, its number from 0, how many there are, and the loop around."""

_LOOP_HINT = "There are: ${loop.current_item}, ${loop.index}, ${loop.length}"
_MAX_RINGS = 10
_LATER = {
    Root.LOOP: "is known only inside of a loop: in its 'step', or in the 'parameters' of a function",
    Root.TEMPLATE: "is known only in templates, of which definitions are made",
    Root.SECRETS: "is no place of this version: give the secret as an input, "
    '{"type": "secret", "value": ...}, and write ${workflow.input.NAME}',
}


@dataclass(slots=True)
class Links:
    """What was found: `needs` by step number, each with the place that says so.

    `reads` are the names of the run's inputs, with the place that reads them first; `explicit`
    is what `depends_on` alone names, groups replaced by their steps, in the order of writing.
    """

    needs: list[dict[int, str]]
    explicit: list[list[int]]
    reads: dict[str, str] = field(default_factory=dict)


def link(drafts: list[Draft], output: Any, findings: Findings) -> Links:
    """Follow `depends_on` and the references of all steps and of the definition's output."""
    index: dict[str, int] = {}
    groups: dict[str, list[int]] = {}
    for at, draft in enumerate(drafts):
        if draft.id:
            index.setdefault(draft.id, at)
        if draft.group is not None:
            groups.setdefault(draft.group, []).append(at)
    links = Links([{} for _ in drafts], [[] for _ in drafts])
    for at, draft in enumerate(drafts):
        links.explicit[at] = _depended(draft, links.needs[at], (index, groups), findings)
        found = _outside(draft, findings)
        _referred(found, links.needs[at], links.reads, (index, findings))
    _add_branches(drafts, links.needs, findings)
    _referred(find_references(output, "output", findings), {}, links.reads, (index, findings))
    _tell_rings(drafts, links.needs, findings)
    return links


def _outside(draft: Draft, findings: Findings) -> Iterator[tuple[str, Reference]]:
    """Yield the references of a step but for those to the item of a loop that it stands in."""
    for here, reference in draft.references(findings):
        if reference.root is not Root.LOOP or not draft.is_in_item(here):
            yield here, reference
        elif reference.path[0] not in LOOP_NAMES:
            hint = findings.nearest(str(reference.path[0]), LOOP_NAMES, _LOOP_HINT)
            findings.error(here, f"'${{{cut(str(reference))}}}' is not known in a loop", hint)
        elif not _is_around(draft, here, reference):
            hint = "'outer' is known in a loop that stands in a loop"
            findings.error(here, f"'${{{cut(str(reference))}}}' has no loop around it", hint)


def _is_around(draft: Draft, here: str, reference: Reference) -> bool:
    """Whether there are as many loops around a place as a reference's `outer` go outwards."""
    inside = here.removeprefix(draft.place)
    loops = inside.count(".step") + inside.count(".parameters")
    wanted = next((n for n, part in enumerate(reference.path) if part != "outer"), 0)
    return wanted == 0 or wanted < loops


def _add_branches(drafts: list[Draft], needs: list[dict[int, str]], findings: Findings) -> None:
    """Have branches need what they are branches of, and all others that need this them as well."""
    holders = [_holders(drafts, number) for number in range(len(drafts))]
    inner: list[list[int]] = [[] for _ in drafts]
    for number, around in enumerate(holders):
        for holder in around:
            inner[holder].append(number)
    for number, wanted in enumerate(needs):
        for need in [need for need in wanted if need in holders[number]]:
            findings.error(
                wanted.pop(need),
                f"the step is a branch of {cut(drafts[need].id)!r} itself",
                "What that comes to is known only when its branch has ended",
            )
        for need, here in list(wanted.items()):
            wanted.update(dict.fromkeys(set(inner[need]) - wanted.keys() - {number}, here))
        within = drafts[number].within
        if within is not None:
            wanted.setdefault(within, drafts[number].place)


def _holders(drafts: list[Draft], number: int) -> list[int]:
    """Return the steps that a step is inside of, the nearest first."""
    found = []
    while (within := drafts[number].within) is not None:
        found.append(within)
        number = within
    return found


def _depended(
    draft: Draft,
    needs: dict[int, str],
    names: tuple[dict[str, int], dict[str, list[int]]],
    findings: Findings,
) -> list[int]:
    """Add what `depends_on` names: ids, or groups of steps."""
    index, groups = names
    explicit: dict[int, None] = {}
    for here, name in draft.after():
        known = [index[name]] if name in index else groups.get(name)
        if known is not None and name not in index and draft.group == name:
            hint = "Depend on a step, or on another group"
            findings.error(here, f"the step is in the group {cut(name)!r} itself", hint)
            continue
        if known is None:
            hint = _nearest(name, [*index, *groups], findings)
            findings.error(here, f"there is no step {cut(name)!r}", hint)
            continue
        for number in known:
            needs.setdefault(number, here)
            explicit[number] = None
    return list(explicit)


def _referred(
    found: Iterable[tuple[str, Reference]],
    needs: dict[int, str],
    reads: dict[str, str],
    known: tuple[dict[str, int], Findings],
) -> None:
    """Add what references name: results of other steps, inputs of the run."""
    index, findings = known
    for here, reference in found:
        if reference.root is Root.INPUT:
            if reference.path and isinstance(reference.path[0], str):
                reads.setdefault(reference.path[0], here)
        elif reference.root is not Root.RESULT:
            findings.error(here, f"'${{{cut(str(reference))}}}' {_LATER[reference.root]}")
        elif reference.step in index:
            needs.setdefault(index[reference.step], here)
        else:
            findings.error(
                here,
                f"'${{{cut(str(reference))}}}' refers to unknown step {cut(reference.step)!r}",
                _nearest(reference.step, [*index], findings),
            )


def _nearest(name: str, names: list[str], findings: Findings) -> str:
    listed = ", ".join(cut(other) for other in names[:20])
    return findings.nearest(name, names, f"There are: {listed}")


def _tell_rings(drafts: list[Draft], needs: list[dict[int, str]], findings: Findings) -> None:
    """Tell each ring of steps that need each other, as far as rings are apart."""
    left = [list(wanted) for wanted in needs]
    for _ in range(_MAX_RINGS):
        ring = find_cycle(left)
        if not ring:
            return
        names = [drafts[number].id for number in (*ring, ring[0])]
        here = needs[ring[-1]][ring[0]]
        findings.error(here, f"steps need each other: {_shown(names)}", "Take one of these away")
        left[ring[-1]].remove(ring[0])


def _shown(names: list[str]) -> str:
    if len(names) > 13:
        left_out = f"... ({len(names) - 13} more) ..."
        names = [*names[:6], left_out, *names[-6:]]
    return " -> ".join(cut(name) for name in names)
