"""How a workflow could take less: before and after, under virtual latency."""

from dataclasses import replace

import pytest

from perdure.app.sandbox import Sandbox
from perdure.authoring.registry import Registry
from perdure.errors import InvalidValueError
from perdure.service import definitions, executions
from perdure.service.mocks import MockModels, Notes, mock_kinds
from perdure.service.optimize import optimize
from perdure.wire.problems import NotPossibleError
from perdure.wire.trials import MockModel


def ask(name, model, **more):
    return {
        "id": name,
        "type": "inference",
        "model": model,
        "input": f"{name}: ${{workflow.input.text}}",
        **more,
    }


MODELS = {
    "slow": MockModel(response="slow answer", latency_ms=4000),
    "quick": MockModel(response="quick answer", latency_ms=1500),
    "each": MockModel(response="one", latency_ms=700),
}
CHAIN = {
    "name": "optimized chain",
    "steps": [
        ask("a", "slow"),
        ask("b", "quick", depends_on=["a"]),
        ask("c", "quick", depends_on=["a", "b"]),
        {
            "id": "items", "type": "loop", "iterate_over": "${workflow.input.words}", "depends_on": ["c"],
            "step": {"type": "inference", "model": "each", "input": "${loop.current_item}"},
        },
        {
            "id": "all", "type": "aggregation", "function": "combine_results",
            "inputs": {"a": "${a.result}", "c": "${c.result}", "i": "${items.result}"},
        },
    ],
}  # fmt: skip


@pytest.fixture
def engine():
    """An engine whose models take virtual time, several side by side."""
    notes, registry = Notes(), Registry()
    with Sandbox(registry, lasted=notes.lasted) as made:
        mock_kinds(registry, MODELS, {}, notes)
        yield made


def played(engine, definition):
    """Execute a workflow to its end."""
    begun = executions.execute(engine, definition, {"text": "t", "words": ["x"] * 10})
    while executions.get(engine, begun.execution_id).completed_at is None:
        assert engine.go_on()
    return executions.get(engine, begun.execution_id)


def test_what_is_predicted_comes_true_and_results_stay_equal(engine):
    """S004-73, A004-31: before and after differ by what is proposed alone, within 5 %."""
    made = definitions.create(engine, CHAIN)
    before = [played(engine, made.id) for _ in range(3)][-1]

    found = optimize(engine, made.id, ["speed"], apply=True)

    after = played(engine, made.id)
    assert found.applied
    assert {change.kind for change in found.changes} == {"unchain", "spread"}
    assert before.duration_seconds == pytest.approx(found.now.duration, rel=0.05)
    assert after.duration_seconds == pytest.approx(found.predicted.duration, rel=0.05)
    assert after.duration_seconds < before.duration_seconds / 2
    assert after.final_result == before.final_result
    assert after.workflow_revision == 2
    assert found.evidence == {"executions": 3}
    assert found.predicted.accuracy is None


def test_nothing_is_changed_unless_it_is_asked_for(engine):
    made = definitions.create(engine, CHAIN)
    played(engine, made.id)

    found = optimize(engine, made.id)

    assert found.changes
    assert not found.applied
    assert definitions.get(engine, made.id).revision == 1


def test_constraints_that_cannot_be_met_are_told_and_nothing_is_applied(engine):
    made = definitions.create(engine, CHAIN)
    played(engine, made.id)

    found = optimize(engine, made.id, constraints={"max_duration_seconds": 1.0}, apply=True)

    (missed,) = found.infeasible
    assert (missed.constraint, missed.limit) == ("max_duration_seconds", 1.0)
    assert missed.predicted == found.predicted.duration
    assert not found.applied


def test_a_cost_that_nobody_knows_is_told_as_such(engine, monkeypatch):
    answer = MockModels.answer
    monkeypatch.setattr(
        MockModels,
        "answer",
        lambda *asked: replace(answer(*asked), cost=None, cost_basis="none"),
    )
    made = definitions.create(engine, CHAIN)
    played(engine, made.id)

    assert optimize(engine, made.id, constraints={"max_cost": 1.0}).unknown == ("max_cost",)


def test_a_workflow_that_never_ran_is_left_alone(engine):
    made = definitions.create(engine, CHAIN)

    found = optimize(engine, made.id, apply=True)

    assert (found.changes, found.applied, found.now.duration) == ((), False, None)
    assert found.now.basis == {"duration": "none", "cost": "none"}


def test_what_cannot_be_asked_for_is_refused(engine):
    made = definitions.create(engine, CHAIN)
    dynamic = definitions.create(engine, {"name": "dyn", "generator_function": "nobody"})

    with pytest.raises(InvalidValueError, match="no goal"):
        optimize(engine, made.id, ["fame"])
    with pytest.raises(NotPossibleError, match="made when an execution starts"):
        optimize(engine, dynamic.id)
