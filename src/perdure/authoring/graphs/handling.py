"""What is done when a step fails: both shapes of `error_handling` come to one policy here.

A step's own wins over the workflow's, and the nested shape over the flat one. Tables of fallback
models are put together, name by name; `enabled: false` empties them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from perdure.authoring.graphs.drafts import Draft
from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.models import MAX_FALLBACKS, ErrorHandling
from perdure.kernel.plan import NO_RETRY, RetryPolicy
from perdure.kernel.references import cut

DEFAULT_RETRIES = 3
_MAX_DELAY = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """The policy of one step. `retry_on` are kinds of failure, None for all that may pass.

    `on_failure` says whether the fallback table also acts when a model failed for good.
    """

    retry: RetryPolicy = NO_RETRY
    retry_on: tuple[str, ...] | None = None
    fallbacks: Mapping[str, str]
    on_failure: bool = False


def handling(workflow: ErrorHandling | None, step: ErrorHandling | None) -> Handling:
    """Return what holds for a step, from what the workflow and the step say."""
    said = [part for part in (step, workflow) if part is not None]
    retry, retry_on = next(filter(None, map(_retrying, said)), (NO_RETRY, None))
    table: dict[str, str] = {}
    on_failure = False
    for part in reversed(said):
        strategy = part.fallback_strategy
        table |= part.fallback_models or {}
        if strategy is not None:
            table = {**table, **strategy.fallback_models} if strategy.enabled else {}
            on_failure = strategy.enabled
    return Handling(retry=retry, retry_on=retry_on, fallbacks=table, on_failure=on_failure)


def _retrying(said: ErrorHandling) -> tuple[RetryPolicy, tuple[str, ...] | None] | None:
    """Return what one shape says about trying again; None if it says nothing."""
    if (rules := said.retry_policy) is not None:
        kinds = rules.retry_on_errors
        policy = RetryPolicy(
            max_attempts=rules.max_retries + 1,
            base_delay=rules.retry_delay_seconds,
            max_delay=max(rules.retry_delay_seconds, _MAX_DELAY),
            backoff_factor=rules.backoff_multiplier,
            on_timeout=kinds is None or "timeout" in kinds,
        )
        return policy, tuple(kinds) if kinds is not None else None
    if said.retry_failed_steps is False:
        return NO_RETRY, None
    if said.retry_failed_steps is None and said.max_retries is None:
        return None
    retries = said.max_retries if said.max_retries is not None else DEFAULT_RETRIES
    return RetryPolicy(max_attempts=retries + 1, max_delay=_MAX_DELAY), None


def chain(model: str, table: Mapping[str, str]) -> list[str]:
    """Return the models that are asked after this one, in order; none is asked twice."""
    asked = [model]
    while (following := table.get(asked[-1])) is not None and following not in asked:
        asked.append(following)
    return asked[1:]


def check_fallbacks(data: Mapping[str, Any], drafts: list[Draft], findings: Findings) -> None:
    """Tell each ring in a definition's fallback tables, the workflow's and those of its steps."""
    common = _tables(data, "")
    told = _tell_rings(common, set(), findings)
    for draft in drafts:
        if own := _tables(draft.data, draft.place):
            told |= _tell_rings({**common, **own}, told, findings)


def _tables(data: Mapping[str, Any], base: str) -> dict[str, tuple[str, str]]:
    """Return the model after each model, with the place that says so, whatever its shape."""
    said = data.get("error_handling")
    here = place(base, "error_handling")
    found: dict[str, tuple[str, str]] = {}
    if not isinstance(said, dict):
        return found
    nested = said.get("fallback_strategy")
    parts = [(said, here)]
    if isinstance(nested, dict):
        parts.append((nested, place(here, "fallback_strategy")))
    for part, there in parts:
        table = part.get("fallback_models")
        entries = islice(table.items(), MAX_FALLBACKS) if isinstance(table, dict) else ()
        for model, following in entries:
            if isinstance(following, str):
                found[model] = (following, place(place(there, "fallback_models"), model))
    return found


def _tell_rings(table: dict[str, tuple[str, str]], told: set[str], findings: Findings) -> set[str]:
    """Tell the rings that hold no model of `told`; return the models of those."""
    seen: set[str] = set(told)
    rings: set[str] = set()
    for first in table:
        trail: dict[str, None] = {}
        model = first
        while model in table and model not in seen and model not in trail:
            trail[model] = None
            model = table[model][0]
        if model in trail:
            ring = list(trail)[list(trail).index(model) :]
            rings.update(ring)
            names = [*ring[:12], *(["..."] if len(ring) > 12 else []), ring[0]]
            shown = " -> ".join(cut(name) for name in names)
            findings.error(table[ring[-1]][1], f"fallback models lead in a ring: {shown}")
        seen.update(trail)
    return rings
