"""How a workflow could take less: proposals, applied only where that is asked for. S004-73, A004-31."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from perdure.app.engine import Engine
from perdure.app.figures.optimizing import GOALS, Asked, Predicted, Proposal, optimise
from perdure.service import definitions
from perdure.service.prices import price
from perdure.wire.encoding import decode
from perdure.wire.figures import BindingInfo, ChangeInfo, PredictedInfo, ProposalInfo
from perdure.wire.problems import NotPossibleError


def optimize(
    engine: Engine,
    definition: str,
    goals: Sequence[str] = GOALS,
    constraints: Mapping[str, float] | None = None,
    *,
    apply: bool = False,
) -> ProposalInfo:
    """Return what could be changed of a workflow, as far as its executions tell.

    Where `apply` is asked for, and every constraint is met that can be checked, what is proposed
    becomes the workflow's newest revision. Raises WorkflowNotFoundError, InvalidValueError for goals
    and constraints that there are not, RevisionConflictError, NotPossibleError for dynamic ones.
    """
    asked = Asked(goals=tuple(goals), limits=dict(constraints or {}))
    row = definitions.row_of(engine, definition)
    if row.kind != "workflow":
        raise NotPossibleError(
            f"the steps of workflow {definition} are made when an execution starts; there are none "
            "to propose changes of"
        )
    now = engine.process.clock.now()
    found = optimise(engine.store, decode(row.body), asked, now, price)
    applies = apply and bool(found.changes) and not found.infeasible
    if applies:
        definitions.update(engine, definition, found.definition, revision=row.revision)
    return _told(definition, found, applied=applies)


def _told(definition: str, found: Proposal, *, applied: bool) -> ProposalInfo:
    return ProposalInfo(
        workflow_id=definition,
        changes=tuple(ChangeInfo(**asdict(change)) for change in found.changes),
        now=_predicted(found.now),
        predicted=_predicted(found.predicted),
        infeasible=tuple(BindingInfo(**asdict(each)) for each in found.infeasible),
        unknown=found.unknown,
        evidence={"executions": found.samples},
        definition=found.definition,
        applied=applied,
    )


def _predicted(found: Predicted) -> PredictedInfo:
    return PredictedInfo(
        duration=found.duration.value,
        cost=found.cost.value,
        accuracy=found.accuracy,
        basis={"duration": found.duration.basis, "cost": found.cost.basis},
        samples=found.duration.samples,
    )
