"""What is done when a step fails: both shapes of `error_handling` come to one policy here.

A step's own wins over the workflow's, and the nested shape over the flat one. Tables of fallback
models are put together, name by name; `enabled: false` empties them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

from perdure.authoring.graphs.drafts import Draft
from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.models import MAX_FALLBACKS, ErrorHandling, ErrorRule
from perdure.authoring.handlers import Verdict
from perdure.kernel.plan import NO_RETRY, RetryPolicy
from perdure.kernel.references import cut

DEFAULT_RETRIES = 3
ANY = "any"
"""Stands for all kinds of failure in a rule."""
_MAX_DELAY = 3_600.0


ERROR_KINDS = (
    *(ANY, "error", "timeout", "rate_limit", "temporary_failure", "model_unavailable"),
    *("invalid_input", "invalid_output", "path_not_allowed", "url_not_allowed"),
    *("function_unavailable", "max_iterations_exceeded", "wait_timeout", "child_failed"),
    "workflow_unavailable",
)
"""Kinds of failure that rules may name; functions of one's own may bring others."""


class Rule(NamedTuple):
    """What is done about failures of these kinds."""

    kinds: tuple[str, ...]
    verdict: Verdict


def verdict_by(rules: Sequence[Rule], kind: str) -> Verdict | None:
    """Return what the first rule says that is for this kind of failure; None if none is."""
    found = (rule.verdict for rule in rules if kind in rule.kinds or ANY in rule.kinds)
    return next(found, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """The policy of one step. `retry_on` are kinds of failure, None for all that may pass.

    `on_failure` says whether the fallback table also acts when a model failed for good. Of the
    `rules` the first that is for a failure is followed, before all else.
    """

    retry: RetryPolicy = NO_RETRY
    retry_on: tuple[str, ...] | None = None
    fallbacks: Mapping[str, str]
    on_failure: bool = False
    rules: tuple[Rule, ...] = ()


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
    rules = tuple(_rule(rule) for part in said for rule in part.rules or ())
    return Handling(
        retry=_with_rules(retry, rules),
        retry_on=retry_on,
        fallbacks=table,
        on_failure=on_failure,
        rules=rules,
    )


def _rule(rule: ErrorRule) -> Rule:
    kinds = [rule.error_type] if isinstance(rule.error_type, str) else rule.error_type
    verdict = Verdict(rule.action, rule.fallback_model or "", rule.wait_seconds or 0.0)
    return Rule(tuple(kinds), verdict)


def _with_rules(policy: RetryPolicy, rules: tuple[Rule, ...]) -> RetryPolicy:
    """Return a policy that lets the rules have their tries, where nothing else says how many."""
    retries = any(rule.verdict.action == "wait_and_retry" for rule in rules)
    if retries and policy is NO_RETRY:
        policy = replace(policy, max_attempts=DEFAULT_RETRIES + 1, base_delay=0.0)
    late = verdict_by(rules, "timeout")
    return policy if late is None else replace(policy, on_timeout=late.action == "wait_and_retry")


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


def check_rules(data: Mapping[str, Any], drafts: list[Draft], findings: Findings) -> None:
    """Tell what is missing in a rule, and what is never read."""
    for base, part in (("", data), *((draft.place, draft.data) for draft in drafts)):
        said = part.get("error_handling")
        rules = said.get("rules") if isinstance(said, dict) else None
        for number, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict):
                here = place(place(place(base, "error_handling"), "rules"), number)
                _check_rule(rule, here, findings)


def _check_rule(rule: dict[str, Any], here: str, findings: Findings) -> None:
    action = rule.get("action")
    if action == "use_fallback" and not rule.get("fallback_model"):
        findings.error(place(here, "fallback_model"), "is needed", "Name the model to ask then")
    for field, owner in (("fallback_model", "use_fallback"), ("wait_seconds", "wait_and_retry")):
        if rule.get(field) is not None and action != owner:
            findings.error(place(here, field), f"belongs to the action {owner!r}")
    kinds = rule.get("error_type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and kind not in ERROR_KINDS:
            hint = findings.nearest(kind, ERROR_KINDS, f"There are: {', '.join(ERROR_KINDS)}")
            findings.warning(place(here, "error_type"), f"{cut(kind)!r} is no kind of ours", hint)


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
