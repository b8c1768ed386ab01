"""`@workflow` and `@step`: what they take, what they leave, what they refuse."""

import sys
import types
from datetime import timedelta

import pytest

from perdure.authoring.defaults import default_registry
from perdure.authoring.plans import dump
from perdure.authoring.registry import Registry
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.options import StepOptions, options_of
from perdure.authoring.steps.retry import Retry
from perdure.errors import DefinitionError, DuplicateWorkflowError


@pytest.fixture
def registry():
    return Registry()


def declare(registry, name="orders", result="done"):
    """Declare a class; each call is the same place, as a module that is loaded again."""

    @workflow(name, registry=registry)
    class Orders:
        @step()
        def only(self):
            return complete(result=result)

    return Orders


# -- workflow ----------------------------------------------------------------------------------
def test_a_workflow_is_registered_by_its_name_and_its_class_stays_usable(registry):
    """S003-02."""
    cls = declare(registry)

    assert registry.get("orders").cls is cls
    assert cls().only().data == {"result": "done"}
    assert cls.__perdure_workflow__ == "orders"


def test_without_a_registry_it_goes_into_the_processs_own():
    @workflow("of the default registry")
    class Orders:
        @step()
        def only(self):
            return complete()

    assert default_registry().get("of the default registry").cls is Orders


def test_version_and_policy_are_passed_on(registry):
    """S003-07, A003-26."""

    @workflow("orders", version="2", default_retry=Retry.none(), registry=registry)
    class Orders:
        @step()
        def only(self):
            return complete()

    plan = registry.get(Orders.__perdure_workflow__).plan

    assert plan.version == "2"
    assert plan.steps[0].retry.max_attempts == 1


def test_the_same_class_declared_again_replaces_itself(registry):
    """A003-19."""
    declare(registry)
    again = declare(registry)

    assert registry.get("orders").cls is again


def test_another_class_of_the_name_is_refused(registry):
    declare(registry)

    with pytest.raises(DuplicateWorkflowError, match="orders"):

        @workflow("orders", registry=registry)
        class Others:
            @step()
            def only(self):
                return complete()


class Bare:
    """Stands below a decorator that was written without parentheses."""


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((Bare,), {}, '@workflow needs a name. Write @workflow("...") above Bare'),
        ((None,), {}, "@workflow(None): the name is text"),
        (("",), {}, "@workflow(''): the name is text"),
        (("  ",), {}, "the name is text"),
        (("a",), {"version": 2}, "@workflow('a', version=2): the version is text"),
        (("a",), {"default_retry": 3}, "default_retry=...) takes Retry(...) or Retry.none()"),
    ],
)
def test_wrong_arguments_of_workflow_are_refused(arguments, options, said):
    with pytest.raises(DefinitionError) as error:
        workflow(*arguments, **options)

    assert said in str(error.value)


def test_workflow_above_a_function_is_refused(registry):
    with pytest.raises(DefinitionError, match="Write it above a class"):
        workflow("a", registry=registry)(lambda: None)


# -- step --------------------------------------------------------------------------------------
def test_step_with_and_without_parentheses_is_the_same():
    class Orders:
        @step
        def bare(self):
            return goto(self.called)

        @step()
        def called(self):
            return complete()

    assert options_of(Orders.bare) == options_of(Orders.called) == StepOptions()
    assert Orders().bare().step == "called"


def test_step_keeps_what_was_said():
    """S003-06, S003-08."""

    @step(start=True, retry=Retry.none(), timeout=timedelta(minutes=1), waits=["a", "b"])
    def pay(self):
        return self

    assert options_of(pay) == StepOptions(
        start=True, retry=Retry.none(), timeout=60.0, waits=("a", "b")
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"retry": 3}, "@step(retry=...) takes Retry(...) or Retry.none(), not 3"),
        ({"waits": "paid"}, "@step(waits=...) is a list of signal names, not 'paid'"),
        ({"waits": [3]}, "is a list of signal names"),
        ({"waits": [""]}, "is a list of signal names"),
        ({"timeout": "1m"}, "@step(timeout=...): a duration is"),
        ({"timeout": 0}, "@step(timeout=0) leaves no time"),
    ],
)
def test_wrong_options_of_step_are_refused(options, said):
    with pytest.raises(DefinitionError) as error:
        step(**options)

    assert said in str(error.value)


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (classmethod(len), "@step stands above a classmethod"),
        (staticmethod(len), "@step stands above a staticmethod"),
        (property(len), "@step stands above a property"),
        ("pay", "its name is the step's"),
        (Bare, "its name is the step's"),
    ],
)
def test_step_above_something_else_is_refused(thing, said):
    for decorate in (step, step()):
        with pytest.raises(DefinitionError) as error:
            decorate(thing)

        assert said in str(error.value)


def test_two_steps_of_one_name_are_refused():
    """A003-19: Python would keep the second one and say nothing."""
    with pytest.raises(DefinitionError, match=r"^Orders\.pay is there already: .*Rename the sec"):

        class Orders:
            @step(start=True)
            def pay(self):
                return complete()

            @step()
            def pay(self):  # noqa: F811
                return complete()

    with pytest.raises(DefinitionError, match=r"^Others\.pay is there already"):

        class Others:
            @step
            def pay(self):
                return complete()

            @step
            def pay(self):  # noqa: F811
                return complete()


def test_a_step_of_the_same_name_in_another_class_is_another_step():
    class Orders:
        @step()
        def pay(self):
            return complete()

    class Others(Orders):
        @step()
        def pay(self):
            return complete()

    assert Orders.pay is not Others.pay


def test_a_step_function_of_the_same_name_elsewhere_is_no_second_one():
    """Outside of a class body, in a helper that makes steps, say."""

    @step()
    def pay(self):
        return self

    first = pay

    @step()
    def pay(self):
        return self

    assert pay is not first


def test_a_step_may_be_run_at_most_once_and_have_somebody_to_be_asked():
    def verify(_key, _context):
        return None

    @step(at_most_once=True, verify=verify, retry=Retry(max_attempts=9))
    def pay(self):
        return self

    options = options_of(pay)

    assert (options.at_most_once, options.verify) == (True, verify)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"verify": "asked"}, "Add that"),
        ({"at_most_once": True, "verify": 7}, "a function of key and context"),
        ({"at_most_once": True, "retry": Retry(max_attempts=2)}, "contradict each other"),
    ],
)
def test_what_cannot_be_said_of_such_a_step_is_refused(said, wrong):
    with pytest.raises(DefinitionError, match=wrong):
        step(**said)


def test_such_a_step_may_say_that_it_is_not_tried_again():
    assert callable(step(at_most_once=True, retry=Retry.none()))


# -- a process of its own ----------------------------------------------------------------------
def test_a_step_in_a_process_of_its_own_has_a_lane_of_its_own(registry):
    @workflow("heavy", registry=registry)
    class Heavy:
        @step(start=True)
        def light(self):
            return goto(self.crunch)

        @step(process=True)
        def crunch(self):
            return complete()

    lanes = {each.name: each.lane for each in registry.get("heavy").plan.steps}
    assert lanes == {"light": "thread", "crunch": "process"}


def test_a_class_of_a_terminal_has_no_step_in_a_process(registry, monkeypatch):
    """No process could import it; a file can be imported."""
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))

    with pytest.raises(DefinitionError, match=r"Typed\.crunch runs in a process .* into a file"):

        @workflow("typed", registry=registry)
        class Typed:
            __module__ = "__main__"

            @step(process=True)
            def crunch(self):
                return complete()


# -- queues ------------------------------------------------------------------------------------
def test_steps_are_on_the_workflows_queue_unless_they_name_their_own(registry):
    @workflow("queued", queue="gpu", registry=registry)
    class Queued:
        @step(start=True)
        def crunch(self):
            return goto("tell")

        @step(queue="mail")
        def tell(self):
            return complete()

    queues = {step.name: step.queue for step in registry.get("queued").plan.steps}
    assert queues == {"crunch": "gpu", "tell": "mail"}


def test_a_workflow_that_names_no_queue_keeps_its_plan(registry):
    """Steps on the default queue have the hash that they had before there were queues."""

    @workflow("plain", registry=registry)
    class Plain:
        @step(start=True)
        def only(self):
            return complete()

    assert "queue" not in dump(registry.get("plain").plan)


@pytest.mark.parametrize("queue", ["", " mail", "a,b", 5])
def test_what_cannot_be_a_queue_is_refused(registry, queue):
    with pytest.raises(DefinitionError, match=r"@step\(queue=\.\.\.\): a queue's name is text"):
        step(queue=queue)
    with pytest.raises(DefinitionError, match=r"@workflow\('w', queue=\.\.\.\): a queue's name"):
        workflow("w", queue=queue, registry=registry)
