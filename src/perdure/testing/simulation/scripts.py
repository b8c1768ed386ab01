"""Bodies that follow a script: what a visit does depends on run, step, visit and attempt alone."""

import zlib
from dataclasses import dataclass, field

from perdure.kernel.directives import Complete, Failed, Outcome
from perdure.kernel.plan import PlanKind
from perdure.ports.executor import ChildWanted, Result, Work
from perdure.testing.simulation.executor import PoisonError
from perdure.testing.simulation.services import Services
from perdure.testing.simulation.shop import Shop
from perdure.wire.encoding import decode, encode

NO_TEXT = "\ud800"
"""Half a character: JSON can say it, and no store keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What one visit of a step does.

    The first `flaky` attempts fail, and may be tried again; then comes `outcome`, and `children`
    are started. A `fatal` one fails for good, a `poison` one takes its process with it, an
    `unkeepable` one gives a result that no store takes.
    """

    outcome: Outcome
    flaky: int = 0
    fatal: bool = False
    poison: bool = False
    unkeepable: bool = False
    children: tuple[ChildWanted, ...] = ()

    def reaches(self, most: int) -> Outcome | None:
        """Return what the visit comes to if no attempt is lost; None if it fails."""
        hopeless = self.fatal or self.poison or self.unkeepable or self.flaky >= most
        return None if hopeless else self.outcome


@dataclass(frozen=True, slots=True)
class Script:
    """What a step does at its first visit, its second ...; the last act is repeated.

    One that `beats` says from time to time that it lives.
    """

    acts: tuple[Act, ...]
    needs: tuple[str, ...] = ()
    beats: bool = False
    services: Services = field(default_factory=Services, compare=False)
    shop: Shop = field(default_factory=Shop, compare=False)
    transactional: bool = False

    is_async = False

    def act(self, visit: int) -> Act:
        """Return what visit number `visit` does."""
        return self.acts[min(visit, len(self.acts)) - 1]

    def __call__(self, work: Work) -> Result:
        """Play the visit's act; where that may have been played already, ask first."""
        act = self.act(work.visit)
        if work.verify:
            has_acted = self.services.answer(work)
            if has_acted is None:
                return Result(outcome=Failed(kind="outcome_unknown", error="nobody knows"))
            if has_acted:
                return self._end(work, act)
        if act.poison:
            raise PoisonError(work.path)
        if act.fatal:
            return Result(outcome=Failed(kind="fatal", error="as written", retryable=False))
        if work.attempt <= act.flaky:
            return Result(outcome=Failed(kind="flaky", error="as written"))
        return self._effect(work, act)

    def _effect(self, work: Work, act: Act) -> Result:
        """Do what the visit is there for, and return what it comes to."""
        if work.step.at_most_once and not self.services.act(work):
            return Result(outcome=Failed(kind="void", error="a newer attempt may act"))
        if self.transactional and not act.unkeepable:
            return self.shop.once(work, self._end(work, act))
        return self._end(work, act)

    def _end(self, work: Work, act: Act) -> Result:
        """Return what the visit comes to."""
        if work.plan.kind is PlanKind.GRAPH:
            results = [work.outputs([need])[need] for need in self.needs]
            output = encode(NO_TEXT) if act.unkeepable else result_of(work.path, results)
            return Result(outcome=act.outcome, output=output)
        context = decode(work.context)
        if work.brought is not None:
            brought = decode(work.brought)
            context.update(brought[0] if isinstance(brought, list) else brought)
        context.setdefault("trail", []).append([work.path, work.visit])
        if act.unkeepable:
            context["odd"] = NO_TEXT
        last = encode({"visit": work.visit}) if isinstance(act.outcome, Complete) else None
        return Result(
            outcome=act.outcome, context=encode(context), output=last, children=act.children
        )


def result_of(step: str, results: list[str | None]) -> str:
    """Return the result of a graph's step as JSON text: it depends on all that it needs."""
    return encode(zlib.crc32(encode([step, *results]).encode()))
