"""What runs have cost (A004-24)."""

import pytest

from perdure.app.costs import RunCost, Spent, cost_of, dollars
from perdure.ports.commit import AttemptEnded, StepEnded
from perdure.wire.encoding import encode


def ended(step, meta=None, error=None):
    given = {"step": step, "visit": 1, "run": "r"}
    return made(
        StepEnded, given | {"meta": meta and encode(meta), "error": error and encode(error)}
    )


def attempt(step, error):
    return made(AttemptEnded, {"run": "r", "step": step, "visit": 1, "error": encode(error)})


def made(kind, given):
    return kind(**{name: given.get(name) for name in kind._fields})


def test_a_run_costs_the_sum_of_its_answers():
    steps = [ended("a", {"cost": 0.25, "model_used": "x"}), ended("b", {"cost": 0.5}), ended("c")]

    assert cost_of(steps, []) == RunCost(total=0.75, known=0.75, answers=2)


def test_one_answer_whose_cost_is_not_known_makes_the_sum_unknown():
    steps = [ended("a", {"cost": 0.25}), ended("b", {"cost": None, "model_used": "odd"})]

    found = cost_of(steps, [])

    assert (found.total, found.known) == (None, 0.25)
    assert found.unknown == (Spent(step="b", model="odd", cost=None),)


def test_attempts_that_failed_after_an_answer_are_paid_for():
    paid = {"kind": "invalid_output", "spent": {"model": "m", "cost": 0.1}}

    found = cost_of([ended("a", {"cost": 0.2}), ended("b", error=paid)], [attempt("a", paid)])

    assert found.total == pytest.approx(0.4)
    assert found.answers == 3


def test_a_run_that_asked_nobody_costs_nothing():
    assert cost_of([ended("a", {"function": "f"})], []) == RunCost(total=0.0, known=0.0, answers=0)


@pytest.mark.parametrize(
    ("amount", "told"),
    [(0, "$0.00"), (1.5, "$1.50"), (0.014, "$0.01"), (0.00123, "$0.0012"), (1.5e-6, "$1.5e-06")],
)
def test_amounts_are_told_as_people_read_them(amount, told):
    assert dollars(amount) == told
