"""`@step(formerly=...)` and `@workflow(migrate=...)`: what they take, and what they refuse."""

import pytest
from pydantic import BaseModel

from perdure.authoring.registry import Registry
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto
from perdure.errors import ContextInvalidError, DefinitionError


@pytest.fixture
def registry():
    return Registry()


@pytest.mark.parametrize(
    ("said", "kept"), [("pay", ("pay",)), (["pay", "bill"], ("pay", "bill")), ((), ())]
)
def test_a_step_may_have_had_other_names(registry, said, kept):
    @workflow("renamed", registry=registry)
    class Renamed:
        @step(formerly=said)
        def charge(self):
            return complete()

    plan = registry.get("renamed").plan
    assert plan.step("charge").formerly == kept
    assert all(plan.step(name).name == "charge" for name in kept)


@pytest.mark.parametrize("formerly", ["", "two words", ["pay", 5], [""]])
def test_what_cannot_have_been_a_step_is_refused(formerly):
    with pytest.raises(
        DefinitionError, match=r"@step\(formerly=\.\.\.\) is a step's name, or several"
    ):
        step(formerly=formerly)


def test_a_former_name_that_is_a_step_still_is_refused(registry):
    with pytest.raises(
        DefinitionError,
        match=r"Renamed\.charge was formerly 'ship', and that is a step\. A run that is at this name",
    ):

        @workflow("renamed", registry=registry)
        class Renamed:
            @step(start=True, formerly="ship")
            def charge(self):
                return goto(self.ship)

            @step()
            def ship(self):
                return complete()


def test_a_former_name_that_two_steps_claim_is_refused(registry):
    with pytest.raises(
        DefinitionError,
        match=r"Renamed\.ship was formerly 'pay', and that is what Renamed\.charge was, too",
    ):

        @workflow("renamed", registry=registry)
        class Renamed:
            @step(start=True, formerly="pay")
            def charge(self):
                return goto(self.ship)

            @step(formerly="pay")
            def ship(self):
                return complete()


def moving(registry, migrate, version="2"):
    """Declare a workflow that takes over runs of other versions."""

    @workflow("moved", version=version, migrate=migrate, registry=registry)
    class Moved:
        class Context(BaseModel):
            email: str

        @step()
        def only(self):
            return complete()

    return registry.get("moved")


def test_a_workflow_takes_over_the_versions_that_it_has_functions_for(registry):
    flow = moving(registry, {"1": lambda context: {**context, "email": "a@b.c"}})

    assert flow.migrates == {"1"}
    assert flow.fits("1", "{}") == '{"email":"a@b.c"}'
    with pytest.raises(ContextInvalidError, match="email: field required"):
        flow.fits("2", "{}")


def test_a_workflow_may_move_contexts_of_its_own_older_revisions(registry):
    flow = moving(registry, {"2": lambda context: {**context, "email": "a@b.c"}})

    assert (flow.migrates, flow.plan.version) == ({"2"}, "2")
    assert flow.fits("2", "{}") == '{"email":"a@b.c"}'


def test_a_workflow_without_functions_takes_over_nothing(registry):
    assert moving(registry, None).migrates == frozenset()


def test_what_it_takes_over_does_not_change_its_shape(registry):
    moved = moving(registry, {"1": dict}).plan.hash

    assert moving(Registry(), None).plan.hash == moved


@pytest.mark.parametrize("migrate", [{1: dict}, {"1": "dict"}])
def test_functions_that_are_none_are_refused(registry, migrate):
    with pytest.raises(DefinitionError, match=r"@workflow\('moved', migrate=\.\.\.\) is a dict"):
        moving(registry, migrate)
