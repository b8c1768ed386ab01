"""The functions of a class, and what their values come to."""

import pytest

from perdure.authoring.steps.bytecode import Attr, Call, Const, Mixed, Name
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.methods import methods_of
from perdure.authoring.steps.sources import Sources

CONSTANT = "ship"
SELF = Name("self", is_local=True)


class Names:
    PAID = "paid"
    COUNT = 3


class Order:
    NEXT = "ship"
    LIMIT = 3

    @step(start=True)
    def pay(self):
        return goto(self._route(self.ship))

    def _route(self, target):
        return self._pick() if target else "ship"

    def _pick(self):
        chosen = self.ship
        return chosen  # noqa: RET504

    @property
    def last(self):
        return self.ship

    @step()
    def ship(self):
        return complete()

    @step()
    def both(self):
        return self.ship()


class Express(Order):
    @step()
    def ship(self):
        return super().ship()


class Fallback(Order):
    def _pick(self):
        return super()._pick()

    @step()
    def both(self):
        return run_elsewhere(self._pick)


def run_elsewhere(function):
    return function()


ORDER = Sources(methods_of(Order))
(PAY,) = ORDER.named("pay")


def leaves(value, name="pay", sources=ORDER):
    (source,) = sources.named(name)
    return [(leaf, exact) for _, leaf, exact in sources.leaves(source, value)]


# -- which functions ---------------------------------------------------------------------------
def test_each_function_is_read_once():
    assert ORDER.named("pay") is ORDER.named("pay")


def test_helpers_that_are_called_are_reached_through_each_other():
    assert len(ORDER.reached("pay")) == 3  # pay, _route, _pick


def test_a_step_that_is_called_is_reached():
    assert len(ORDER.reached("both")) == 2


def test_super_reaches_the_bases_function():
    assert len(Sources(methods_of(Express)).named("ship")) == 2
    assert len(ORDER.named("ship")) == 1


def test_super_may_reach_beyond_the_last_function():
    class Beyond:
        @step()
        def only(self):
            return goto(super().only)

    assert len(Sources(methods_of(Beyond)).named("only")) == 1


def test_a_helper_that_is_handed_on_is_reached_with_what_its_super_is():
    assert len(Sources(methods_of(Fallback)).reached("both")) == 3


# -- what a value is ---------------------------------------------------------------------------
def test_attributes_of_self_and_super_are_the_classs_own():
    assert ORDER.own(PAY, Attr(SELF, "ship")) == "ship"
    assert ORDER.own(PAY, Attr(Call(Name("super", is_local=False), (), {}), "ship")) == "ship"
    assert ORDER.own(PAY, Attr(Name("page", is_local=True), "goto")) == ""
    assert ORDER.own(PAY, Const("ship")) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Const("ship"), "ship"),
        (Const(3), None),
        (Name("CONSTANT", is_local=False), "ship"),
        (Name("missing", is_local=False), None),
        (Name("CONSTANT", is_local=True), None),
        (Attr(SELF, "NEXT"), "ship"),
        (Attr(SELF, "LIMIT"), None),
        (Attr(SELF, "nothing"), None),
        (Attr(Name("Names", is_local=False), "PAID"), "paid"),
        (Attr(Name("Names", is_local=False), "COUNT"), None),
        (Attr(Name("Names", is_local=False), "GONE"), None),
        (Attr(Name("ORDER", is_local=False), "methods"), None),
        (Attr(Attr(Name("page", is_local=True), "x"), "y"), None),
        (Attr(Mixed(), "PAID"), None),
        (Mixed(), None),
    ],
)
def test_a_text_may_be_a_constant_of_the_code_the_class_or_the_module(value, text):
    assert ORDER.text(PAY, value) == text


def test_variables_around_a_function_are_looked_up():
    near = "near"

    class Local:
        @step()
        def only(self):
            return goto(near if self else later)

    sources = Sources(methods_of(Local))
    (only,) = sources.named("only")
    assert sources.text(only, Name("near", is_local=True)) == "near"
    assert sources.text(only, Name("later", is_local=True)) is None

    later = "later"


# -- what a value may be -----------------------------------------------------------------------
def test_a_helpers_result_is_what_it_returns():
    value = Call(Attr(SELF, "_pick"), (), {})

    assert leaves(value) == [(Attr(SELF, "ship"), True)]


def test_a_property_is_what_it_returns():
    assert leaves(Attr(SELF, "last")) == [(Attr(SELF, "ship"), True)]


def test_a_helper_that_is_not_called_is_itself():
    assert leaves(Attr(SELF, "_pick")) == [(Attr(SELF, "_pick"), True)]


def test_a_conditions_branches_and_helpers_within_helpers_are_followed():
    found = leaves(Call(Attr(SELF, "_route"), (), {}))

    assert sorted(found, key=str) == [(Attr(SELF, "ship"), True), (Const("ship"), True)]


def test_what_is_mixed_is_not_exact():
    assert leaves(Mixed((Const("a"), Attr(SELF, "_pick")))) == [
        (Const("a"), False),
        (Attr(SELF, "_pick"), False),
    ]


def test_helpers_and_variables_that_lead_to_themselves_end():
    class Loop:
        @step()
        def only(self):
            target = self.ask()
            target = target or "only"
            return goto(target)

        def ask(self):
            return self.ask()

    sources = Sources(methods_of(Loop))

    found = leaves(Name("target", is_local=True), "only", sources)

    assert (Const("only"), False) in found or (Const("only"), True) in found
    assert len(found) < 10
