"""Children of a run, asked after by a step that runs in a process of its own."""

from dataclasses import asdict, replace

import pytest

from perdure.authoring import plans
from perdure.authoring.plans import seal
from perdure.errors import InvalidValueError, OutsideStepError, UnknownWorkflowError
from perdure.executors import frames, kin
from perdure.executors.kin import DistantFamily, DistantVault
from perdure.kernel.directives import Goto
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.executor import ChildWanted, Result
from perdure.ports.rows import RunRow
from perdure.ports.vault import SealBrokenError
from tests.executors.scenes import a_work

PLAN = seal(Plan(workflow="ship", steps=(StepPlan(name="a"),), start="a"))
ROW = RunRow(
    id="run_2", namespace="default", workflow="ship", version="1", plan=PLAN.hash,
    status="completed", paused=0, seq=3, batch=9, cursor="a", marks="", visits="", priority=0,
    created_at=1.0, ended_at=2.0, error=None, start_key=None, unique_key=None, deadline=None,
)  # fmt: skip


class Parents:
    """The family as the parent has it: one workflow, and one child."""

    def wanted(self, workflow, inputs, *, priority, detached):
        if workflow != "ship":
            raise UnknownWorkflowError(f"no workflow {workflow!r} is known")
        return ChildWanted(
            plan=PLAN, body=plans.dump(PLAN), context=f'{{"n":{inputs["n"]}}}',
            priority=priority, detached=detached,
        )  # fmt: skip

    def children(self, run):
        return [replace(ROW, parent=run)]

    def result(self, row):
        return {"of": row.id}

    def error(self, run):
        return '{"kind":"oops"}' if run == "run_1" else None


def distant(family):
    """Return the family as the child has it; every question crosses the line as a frame."""

    def ask(question):
        heard = frames.read(frames.message(ask=dict(question)))["ask"]
        said = kin.answer(replace(a_work(), family=family), heard)
        return frames.read(frames.message(answer=said))["answer"]

    return DistantFamily(ask)


class Glass:
    """A vault through which everything can be seen."""

    def sealed(self, run, place, kind, text):
        return f"{run}|{place}|{kind}|{text}"

    def opened(self, run, place, kind, token):
        if token == "broken":
            raise SealBrokenError(f"{place} cannot be opened")
        return f"{run}|{place}|{kind}|{token}"


def distant_vault(vault):
    def ask(question):
        heard = frames.read(frames.message(ask=dict(question)))["ask"]
        return frames.read(
            frames.message(answer=kin.answer(replace(a_work(), vault=vault), heard))
        )["answer"]

    return DistantVault(ask)


def test_secrets_are_opened_and_sealed_by_the_parent_and_for_the_attempts_own_run():
    vault, run = distant_vault(Glass()), a_work().run

    assert vault.sealed("run_other", "a", "secret", "text") == f"{run}|a|secret|text"
    assert vault.opened("run_other", "a", "secret", "token") == f"{run}|a|secret|token"


def test_what_the_vault_raises_is_raised_in_the_step():
    with pytest.raises(SealBrokenError, match="a cannot be opened") as caught:
        distant_vault(Glass()).opened("r", "a", "secret", "broken")

    assert caught.value.retryable is False
    with pytest.raises(OutsideStepError, match="has no secrets"):
        distant_vault(None).opened("r", "a", "secret", "x")


class Ship:
    __perdure_workflow__ = "ship"


@pytest.mark.parametrize("named", ["ship", Ship])
def test_a_child_is_made_by_the_parent_and_comes_back_whole(named):
    made = distant(Parents()).wanted(named, {"n": 1}, priority=2, detached=True)

    assert made == Parents().wanted("ship", {"n": 1}, priority=2, detached=True)


def test_children_are_listed_and_their_results_read():
    family = distant(Parents())

    (row,) = family.children("run_1")

    assert asdict(row) == asdict(replace(ROW, parent="run_1"))
    assert family.result(row) == {"of": "run_2"}


def test_why_a_run_fails_is_asked_over_the_line():
    assert distant(Parents()).error("run_1") == '{"kind":"oops"}'
    assert distant(Parents()).error("run_2") is None


def test_what_the_parent_refuses_is_raised_in_the_step():
    with pytest.raises(UnknownWorkflowError, match="no workflow 'shop' is known"):
        distant(Parents()).wanted("shop", {"n": 1}, priority=0, detached=False)


def test_inputs_that_are_no_json_are_refused_before_they_are_sent():
    with pytest.raises(InvalidValueError, match="inputs"):
        distant(Parents()).wanted("ship", {"n": object()}, priority=0, detached=False)


def test_a_step_that_runs_alone_has_no_children():
    with pytest.raises(OutsideStepError):
        distant(None).children("run_1")


def test_the_children_that_a_step_starts_cross_the_line_with_its_result():
    made = Parents().wanted("ship", {"n": 1}, priority=0, detached=False)
    result = Result(outcome=Goto("b"), children=(made,))

    assert frames.load_result(frames.read(frames.dump_result(result, 1))["done"]) == result
