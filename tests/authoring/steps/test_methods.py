"""The steps of a class: which, in which order, and what is refused when it is declared."""

from functools import wraps

import pytest

from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.methods import functions_of, methods_of, shown
from perdure.errors import DefinitionError


def refused(cls):
    with pytest.raises(DefinitionError) as error:
        methods_of(cls)
    return str(error.value)


def hiding(function):
    """Stand for a decorator that forgot functools.wraps."""

    def wrapper(self):
        return function(self)

    return wrapper


def traced(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


# -- what is found -----------------------------------------------------------------------------
def test_steps_are_in_written_order_and_others_are_helpers():
    """S003-06, S003-09."""

    class Order:
        RATE = 3

        @step()
        def ship(self):
            return complete()

        def price(self):
            return self.RATE

        @step(start=True)
        def pay(self):
            return goto(self.ship)

    methods = methods_of(Order)

    assert list(methods.steps) == ["ship", "pay"]
    assert methods.helpers == {"price"}
    assert methods.start == "pay"
    assert methods.label("ship") == "Order.ship"


def test_a_single_step_is_the_start():
    """A003-19."""

    class Once:
        @step
        def only(self):
            return complete()

    assert methods_of(Once).start == "only"


def test_a_class_without_steps_has_none():
    class Nothing:
        pass

    assert not methods_of(Nothing).steps


def test_bases_steps_come_first_and_keep_their_places_when_overridden():
    class Base:
        @step(start=True)
        def pay(self):
            return goto(self.ship)

        @step()
        def ship(self):
            return complete()

    class Special(Base):
        @step()
        def wrap(self):
            return goto(self.ship)

        @step(start=True)
        def pay(self):
            return goto(self.wrap)

    methods = methods_of(Special)

    assert list(methods.steps) == ["pay", "ship", "wrap"]
    assert methods.steps["pay"].function is Special.pay
    assert methods.steps["pay"].body is Base
    assert methods.steps["wrap"].body is Special


def test_async_steps_are_known():
    """A003-23."""

    class Mixed:
        @step(start=True)
        async def one(self):
            return goto(self.two)

        @step()
        def two(self):
            return complete()

    steps = methods_of(Mixed).steps

    assert steps["one"].is_async
    assert not steps["two"].is_async


def test_a_decorator_between_that_wraps_is_no_hindrance():
    class Order:
        @step()
        @traced
        def ship(self):
            return complete()

    (found,) = methods_of(Order).steps.values()

    assert found.name == "ship"
    assert len(functions_of(found.function)) == 2


def test_arguments_that_need_not_be_given_are_no_hindrance():
    class Order:
        @step()
        def ship(self, carrier="mail", *rest, express=False, **more):
            return complete(carrier=carrier, rest=rest, express=express, more=more)

    assert list(methods_of(Order).steps) == ["ship"]


def test_a_subclass_may_take_a_step_away():
    class Base:
        @step(start=True)
        def pay(self):
            return complete()

        @step()
        def gift(self):
            return complete()

    class Plain(Base):
        gift = None

    assert list(methods_of(Plain).steps) == ["pay"]


def test_functions_are_found_under_every_kind_of_method():
    class Kinds:
        @classmethod
        def on_class(cls):
            return cls

        @staticmethod
        def on_nothing():
            return None

        @property
        def value(self):
            return self

        def plain(self):
            return self

    found = {name: functions_of(value) for name, value in vars(Kinds).items()}

    assert all(len(found[name]) == 1 for name in ("on_class", "on_nothing", "value", "plain"))
    assert functions_of(3) == []
    assert functions_of(None) == []


def test_what_super_reaches_comes_after_the_classs_own():
    class Base:
        def price(self):
            return 1

    class Middle(Base):
        pass

    class Top(Middle):
        def price(self):
            return super().price()

    assert [each for (each,) in methods_of(Top).versions("price")] == [Top.price, Base.price]


def test_a_class_is_shown_without_the_function_it_is_in():
    class Local:
        pass

    assert shown(Local) == "Local"


# -- what is refused ---------------------------------------------------------------------------
def test_no_start_step_is_refused():
    """A003-19."""

    class Lost:
        @step()
        def one(self):
            return goto(self.two)

        @step()
        def two(self):
            return complete()

    assert refused(Lost) == (
        "Lost has no start step. Write @step(start=True) above the first one (of one, two)"
    )


def test_two_start_steps_are_refused():
    """A003-19."""

    class Torn:
        @step(start=True)
        def one(self):
            return complete()

        @step(start=True)
        def two(self):
            return complete()

    assert refused(Torn) == (
        "Torn has 2 start steps: one and two. Keep start=True on one of them, and write @step() "
        "above the others"
    )


def test_a_step_that_takes_arguments_is_refused():
    class Order:
        @step()
        def ship(self, address):
            return complete(address=address)

    assert refused(Order) == (
        "Order.ship takes 'address', and steps are called without arguments. Keep it in the "
        "context: get_context().address"
    )


def test_a_step_without_self_is_refused():
    class Order:
        @step()
        def ship():
            return complete()

    class Named:
        @step()
        def ship(*, now=1):
            return complete(now=now)

    assert refused(Order) == "Order.ship is a method without `self`. Write def ship(self)"
    assert refused(Named).startswith("Named.ship is a method without `self`")


def test_a_step_that_yields_is_refused():
    class Order:
        @step()
        def ship(self):
            yield complete()

    class Later:
        @step()
        async def ship(self):
            yield complete()

    assert refused(Order) == (
        "Order.ship has a `yield`, and a step returns once. Write return goto(...)"
    )
    assert refused(Later).startswith("Later.ship has a `yield`")


def test_a_step_whose_name_is_hidden_is_refused():
    class Order:
        @step()
        @hiding
        def ship(self):
            return complete()

    assert refused(Order) == (
        "Order.ship is a function named 'wrapper'. If a decorator below @step hides its name, give "
        "that functools.wraps; a step has one name only"
    )


def test_a_step_under_two_names_is_refused():
    class Order:
        @step()
        def ship(self):
            return complete()

        send = ship

    assert refused(Order).startswith("Order.send is a function named 'ship'")


def test_a_method_that_overrides_a_step_and_is_none_is_refused():
    class Base:
        @step()
        def ship(self):
            return complete()

    class Express(Base):
        def ship(self):
            return complete(express=True)

    assert refused(Express) == (
        "Express.ship overrides a step of Base and is no step itself. Write @step() above it, or "
        "give it another name"
    )


def test_a_class_that_cannot_be_made_anew_is_refused():
    """A003-21: each step gets an instance of its own."""

    class Order:
        def __init__(self, shop):
            self.shop = shop

        @step()
        def ship(self):
            return complete()

    assert refused(Order) == (
        "Order cannot be made without arguments (missing a required argument: 'shop'), and each "
        "step gets a new instance. Keep the values in the Context"
    )
