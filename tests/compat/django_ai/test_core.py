"""What document 003's workflows import."""

import pytest

from perdure import errors
from perdure.app.default import engine as shared
from perdure.authoring.steps.compiler import WorkflowWarning
from perdure.compat.django_ai import core
from perdure.compat.django_ai.core import complete, engine, goto, step, wait, workflow
from perdure.compat.django_ai.models import WorkflowRun


def unclear(name):
    """Declare a class that perdure itself refuses: two steps lead to the one written next."""

    @workflow(name)
    class Unclear:
        @step(start=True)
        def ask(self):
            return wait.for_signal("go")

        @step()
        def take(self):
            return complete(taken=True)

        @step()
        def other(self):
            return goto(self.take)


def test_a_wait_that_does_not_say_where_to_go_on_completes_the_run(clock):
    """A003-1: with a warning at the declaration, that points to it."""
    with pytest.warns(WorkflowWarning, match="after its wait the run completes") as warned:
        unclear("unclear")
    run = engine.start("unclear")
    engine.signal("go", {"n": 1})

    run.refresh_from_db()

    assert (run.status, run.data) == ("completed", {"n": 1})
    assert warned[0].filename == __file__


def test_a_target_that_is_no_step_fails_the_run_when_it_gets_there(clock):
    with pytest.warns(WorkflowWarning, match="there is no such step"):

        @workflow("lost")
        class Lost:
            @step(start=True)
            def begin(self):
                return goto("nowhere")

    run = engine.start("lost").refresh()

    assert run.status == "failed"
    assert "no such step" in run.error


def test_the_engine_is_the_shared_one(clock):
    """S003-10, S003-11: and its runs have the document's fields."""

    @workflow("one")
    class One:
        @step(start=True)
        def begin(self):
            return complete()

    run = engine.start("one")

    assert isinstance(run, WorkflowRun)
    assert (run.status, run.current_step) == ("running", "begin")
    assert engine.run(run.id) == run
    assert shared.run(run.id).status == "completed"
    assert engine.runs()[0].id == run.id


def test_cancelling_what_has_ended_or_is_unknown_is_false(clock):
    """S003-51, A003-22."""

    @workflow("two")
    class Two:
        @step(start=True)
        def begin(self):
            return wait.for_signal("go")

    run = engine.start("two")

    assert engine.cancel(run.id)
    assert not engine.cancel(run.id)
    assert not engine.cancel("run_unknown")
    assert run.refresh().status == "cancelled"


def test_all_that_the_document_imports_is_there():
    """S003-01."""
    assert all(hasattr(core, name) for name in core.__all__)
    assert issubclass(errors.DefinitionError, Exception)
