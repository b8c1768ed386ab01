"""What is done about a failed attempt: a handler is asked, then the rules, then how often is counted.

A handler is somebody's function (`handlers`); rules are those of the definition. Each failure is
judged once, whoever asks: a handler is not called twice for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perdure.authoring.graphs.failures import may_retry
from perdure.authoring.graphs.handling import Rule, verdict_by
from perdure.authoring.handlers import Verdict, ask_handler, has_handler
from perdure.authoring.masking import MASKING
from perdure.errors import StepError
from perdure.ports.executor import Judgement, Work

JUDGED = "__perdure_verdict__"
"""Where an error has what was said of it."""
TEXT_WITHHELD = "withheld, for the step had read a secret"
"""What a handler is told in the place of an error's text."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy of a step: kinds of failure after which another try helps, and the rules."""

    retry_on: tuple[str, ...] | None = None
    rules: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Policy":
        """Return the policy of a step's config."""
        kinds = config.get("retry_on")
        rules = (Rule(tuple(of), Verdict(*verdict)) for of, verdict in config.get("rules", ()))
        return cls(tuple(kinds) if kinds is not None else None, tuple(rules))

    def verdict(self, work: Work, error: Exception) -> Verdict | None:
        """Return what the handler, or else the first rule that fits, says of a failure."""
        if not self.rules and not has_handler(work.workflow):
            return None
        if JUDGED not in error.__dict__:
            kind = error.kind if isinstance(error, StepError) else "error"
            text = TEXT_WITHHELD if MASKING.get() else str(error)  # it may hold a secret
            said = ask_handler(work.workflow, work.path, kind, text)
            error.__dict__[JUDGED] = said or verdict_by(self.rules, kind)
        found: Verdict | None = error.__dict__[JUDGED]
        return found

    def settle(self, error: Exception) -> None:
        """Have nobody asked about a failure: who it comes of was judged."""
        error.__dict__[JUDGED] = None

    def judge(self, work: Work, error: Exception) -> Judgement:
        """Say whether another try may follow a failure, and when."""
        verdict = self.verdict(work, error)
        if verdict is not None and verdict.action == "wait_and_retry":
            return Judgement(True, verdict.seconds)
        if verdict is not None and verdict.action == "fail_workflow":
            return Judgement(False)
        return Judgement(may_retry(error, self.retry_on))
