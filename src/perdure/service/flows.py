"""What is stored becomes a workflow that can be started: compiled once, not for each start."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.plans import seal
from perdure.authoring.registry import Workflow
from perdure.errors import Problem
from perdure.kernel.plan import Plan
from perdure.ports.definitions import DefinitionRow
from perdure.wire.encoding import decode, encode

MOST_KEPT = 256
"""How many compiled workflows a process keeps."""


def flow_of(row: DefinitionRow, *, max_parallel: int | None = None) -> Workflow:
    """Return the workflow of a definition's revision; at most so many of its steps run at a time.

    Raises InvalidDefinitionError where this process lacks something, such as a function.
    """
    return _flow(row.body, max_parallel)


def read(data: Mapping[str, Any]) -> tuple[str, Workflow, tuple[Problem, ...]]:
    """Return what is to be stored of a definition, its workflow, and the warnings.

    Raises InvalidDefinitionError with every problem.
    """
    flow, warnings = load_definition(data)
    return encode(_plain(data)), flow, warnings


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data as JSON has them: tuples become lists."""
    plain: dict[str, Any] = decode(encode(dict(data)))
    return plain


@lru_cache(maxsize=MOST_KEPT)
def _flow(body: str, max_parallel: int | None) -> Workflow:
    flow, _ = load_definition(decode(body))
    return flow if max_parallel is None else narrowed(flow, max_parallel)


def narrowed(flow: Workflow, most: int) -> Workflow:
    """Return the workflow with at most so many steps at a time, whatever it says itself."""
    opens = flow.opens

    def narrow(plan: Plan) -> Plan:
        return seal(replace(plan, max_parallel=most))

    def opened(inputs: Mapping[str, Any]) -> tuple[Plan, str]:
        assert opens is not None
        plan, context = opens(inputs)
        return narrow(plan), context

    return replace(flow, plan=narrow(flow.plan), opens=opened if opens is not None else None)
