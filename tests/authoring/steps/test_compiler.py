"""From a class to its plan, its bodies and its place."""

import sys
from datetime import timedelta
from types import ModuleType

import pytest
from pydantic import BaseModel

from perdure.authoring.plans import seal
from perdure.authoring.steps.compiler import WorkflowWarning, compile_class, place_of
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, goto, sleep, wait
from perdure.authoring.steps.retry import Retry
from perdure.errors import DefinitionError
from perdure.kernel.plan import NO_RETRY, PlanKind, RetryPolicy
from perdure.wire.encoding import decode
from tests.authoring.steps.scenes import compiled, plan_step


class Order:
    class Context(BaseModel):
        order_id: int

    @step(start=True, timeout=timedelta(minutes=2))
    def pay(self):
        return goto(self.remind) if self else goto(self.ask)

    @step(retry=Retry.none())
    def remind(self):
        return goto(self.ask) if self else sleep(5, then=self.ship)

    @step()
    async def ask(self):
        return wait.for_signal("paid", timeout=3, on_timeout="cancel")

    @step(waits=["refund_1", "refund_2"])
    def check(self):
        return wait.for_signal(f"refund_{self}", then=self.ship)

    @step()
    def ship(self):
        return complete()

    @step()
    def cancel(self):
        return wait.for_signal("closed", then=self.ship)


PLAN = compiled(Order).plan


# -- the plan ----------------------------------------------------------------------------------
def test_the_plan_is_a_machine_with_the_steps_in_written_order():
    assert PLAN.kind is PlanKind.MACHINE
    assert PLAN.workflow == "flow"
    assert PLAN.version == "1"
    assert PLAN.start == "pay"
    assert [each.name for each in PLAN.steps] == [
        *("pay", "remind", "ask", "check", "ship", "cancel"),
    ]


def test_targets_are_all_that_a_step_leads_to_in_the_plans_order():
    """S003-20: also where a wait goes on, so that the picture is whole."""
    assert {each.name: each.targets for each in PLAN.steps} == {
        "pay": ("remind", "ask"),
        "remind": ("ask", "ship"),
        "ask": ("check", "cancel"),
        "check": ("ship",),
        "ship": (),
        "cancel": ("ship",),
    }


def test_a_wait_that_does_not_say_where_it_leads_has_its_continuation_in_the_plan():
    """S003-32."""
    assert {each.name: each.then for each in PLAN.steps if each.then} == {"ask": "check"}


def test_waits_are_constant_or_declared_names():
    assert {each.name: each.waits for each in PLAN.steps if each.waits} == {
        "ask": ("paid",),
        "check": ("refund_1", "refund_2"),
        "cancel": ("closed",),
    }


def test_coming_are_the_events_too_under_names_of_their_own():
    class Paying:
        @step(start=True)
        def charge(self):
            return goto(self.ask)

        @step()
        def ask(self):
            return wait.for_event("paid", then=self.end)

        @step()
        def end(self):
            return complete()

    plan = compiled(Paying).plan

    assert [(each.name, each.waits, each.coming) for each in plan.steps] == [
        ("charge", (), ("event:paid",)),
        ("ask", (), ("event:paid",)),
        ("end", (), ()),
    ]


def test_coming_are_the_signals_that_goto_alone_leads_to():
    """S003-29: a signal that comes before its wait is kept; not one behind another wait."""
    assert {each.name: each.coming for each in PLAN.steps if each.coming} == {
        "pay": ("paid",),
        "remind": ("paid",),
        "ask": ("paid",),
        "check": ("refund_1", "refund_2"),
        "cancel": ("closed",),
    }


def test_a_declared_wait_makes_a_continuation_of_what_could_not_be_read():
    class Computed:
        @step(waits=["go"])
        def ask(self):
            return complete()

        @step(start=True)
        def begin(self):
            return goto(self.ask)

        @step(waits=["on"])
        def again(self):
            return complete()

        @step()
        def last(self):
            return complete()

    assert plan_step(Computed, "ask").then is None
    assert plan_step(Computed, "again").then == "last"


def test_policies_are_the_steps_own_or_the_workflows():
    """S003-07, S003-08, A003-9."""
    policies = [each.retry for each in compiled(Order, default_retry=Retry(5, 2)).plan.steps]

    assert policies[0] == RetryPolicy(max_attempts=5, base_delay=2.0)
    assert policies[1] == NO_RETRY
    assert PLAN.step("pay").retry == RetryPolicy(max_attempts=3, base_delay=1.0, max_delay=300.0)


def test_timeouts_are_in_seconds_and_async_steps_have_their_lane():
    assert (PLAN.step("pay").timeout, PLAN.step("ask").timeout) == (120.0, None)
    assert (PLAN.step("pay").lane, PLAN.step("ask").lane) == ("thread", "async")


def test_the_plan_carries_the_contexts_schema():
    assert decode(PLAN.schema)["required"] == ["order_id"]


def test_the_plan_is_sealed_and_the_same_each_time():
    again = compiled(Order).plan

    assert PLAN.hash.startswith("plan_")
    assert again.hash == PLAN.hash
    assert seal(PLAN).hash == PLAN.hash


def test_a_changed_shape_has_another_hash():
    class Changed(Order):
        @step()
        def more(self):
            return complete()

    assert compiled(Changed).plan.hash != PLAN.hash


# -- the rest ----------------------------------------------------------------------------------
def test_each_step_has_its_body_and_the_class_is_remembered():
    flow = compiled(Order, version="2")

    assert list(flow.bodies) == [each.name for each in PLAN.steps]
    assert flow.cls is Order
    assert flow.name == "flow"
    assert flow.plan.version == "2"
    assert decode(flow.begin({"order_id": 3})) == {"order_id": 3}


def test_a_class_without_a_context_is_compiled_without_pydantic():
    class Free:
        @step()
        def only(self):
            return complete()

    flow = compiled(Free)

    assert decode(flow.plan.schema) == {"type": "object", "additionalProperties": True}
    assert decode(flow.begin({"n": 1})) == {"n": 1}


def test_an_unclear_wait_is_refused_unless_the_class_was_written_for_another_engine():
    """A003-1."""

    class Review:
        @step(start=True)
        def check(self):
            return goto(self.manual) if self else goto(self.denied)

        @step()
        def manual(self):
            return wait.for_signal("reviewed")

        @step()
        def denied(self):
            return complete()

    with pytest.raises(DefinitionError, match=r"Review\.manual"):
        compiled(Review)
    with pytest.warns(WorkflowWarning, match=r"Review\.manual: after its wait the run completes"):
        flow = compiled(Review, lenient=True)

    assert flow.plan.step("manual").then is None


def test_a_target_that_is_no_step_is_only_warned_of_in_such_a_class():
    class Fragment:
        @step()
        def remind(self):
            return goto(self.escalate)

    with pytest.raises(DefinitionError, match="leads to 'escalate'"):
        compiled(Fragment)
    with pytest.warns(WorkflowWarning, match=r"Fragment\.remind: goto leads to 'escalate'"):
        flow = compiled(Fragment, lenient=True)

    assert flow.plan.step("remind").targets == ()


def test_a_class_without_steps_is_registered_with_a_warning_and_cannot_start():
    """A003-27."""

    class ApiIntegration:
        pass

    with pytest.warns(WorkflowWarning, match="ApiIntegration has no steps") as warned:
        flow = compile_class(ApiIntegration, "api_integration")

    assert not flow.bodies
    assert flow.name == "api_integration"
    assert "@step(start=True) above its first method" in str(warned[0].message)
    with pytest.raises(DefinitionError, match="no run of 'api_integration' can start"):
        flow.begin({})


# -- the place ---------------------------------------------------------------------------------
def test_a_script_has_one_place_under_all_its_names(monkeypatch, tmp_path):
    """As `__main__`, as `__mp_main__`, and imported by a worker, also through a link."""
    (tmp_path / "link").symlink_to(tmp_path)
    modules = {"__mp_main__": tmp_path / "flows.py", "flows": tmp_path / "link" / "flows.py"}
    places = set()
    for name, file in modules.items():
        module = ModuleType(name)
        module.__file__ = str(file)
        monkeypatch.setitem(sys.modules, name, module)
        made = type("Order", (), {"__module__": name, "__qualname__": "Order"})
        places.add(place_of(made))

    assert places == {(str(tmp_path.resolve() / "flows.py"), "Order")}


def test_code_of_no_file_has_its_modules_name():
    """So a notebook's cell that is run again replaces itself."""
    made = type("Order", (), {"__module__": "nowhere", "__qualname__": "Order"})

    assert place_of(made) == ("nowhere", "Order")
