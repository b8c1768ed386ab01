"""Where steps lead, as their code objects tell."""

from datetime import timedelta
from enum import StrEnum

import pytest

import perdure
from perdure.authoring.steps import directives
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete, goto, sleep, wait, wait_for_event
from perdure.authoring.steps.directives import goto as go
from perdure.authoring.steps.edges import edges_of
from perdure.authoring.steps.methods import methods_of
from tests.authoring.steps.scenes import edges

PAID = "paid"


class Signals(StrEnum):
    SHIPPED = "shipped"


class Page:
    """Stands for another library whose method has a directive's name."""

    def goto(self, url):
        return url


# -- goto --------------------------------------------------------------------------------------
def by_method(self):
    return goto(self.b)


def by_name(_self):
    return goto("b")


def by_another_name_of_goto(self):
    return go(self.b)


def by_a_module(self):
    return directives.goto(self.b)


def by_the_package(_self):
    return perdure.goto("b")


def by_an_import_inside(_self):
    from perdure import goto

    return goto("b")


def by_a_variable(self):
    target = self.b
    return goto(target)


def by_a_keyword(self):
    return goto(target=self.b)


def by_the_class(self):
    return goto(type(self).b)


def by_a_method_handed_on(self):
    return elsewhere(self.b)


def by_a_lambda(self):
    return (lambda: goto(self.b))()  # noqa: PLC3002


@pytest.mark.parametrize(
    "body",
    [
        *(by_method, by_name, by_another_name_of_goto, by_a_module, by_the_package),
        *(by_an_import_inside, by_a_variable, by_a_keyword, by_the_class),
        *(by_a_method_handed_on, by_a_lambda),
    ],
    ids=lambda body: body.__name__,
)
def test_a_goto_is_an_edge(body):
    """S003-18."""
    assert list(edges(body).gotos) == ["b"]


def by_condition(self):
    if self.ready():
        return goto(self.b)
    return goto(self.c)


def by_conditional_expression(self):
    return goto(self.b if self.ready() else self.c)


def by_helper(self):
    return goto(self.pick())


def by_table(self):
    return goto({True: "b", False: "c"}[self.ready()])


def by_loop(self):
    for target in (self.b, self.c):
        if target:
            return goto(target)
    return complete()


def by_constant_and_property(self):
    return goto(self.c_by_constant) if self.ready() else goto(self.b)


def by_a_computed_text(_self):
    names = ("b", "c")
    return goto(names[len(names) - 1])


@pytest.mark.parametrize(
    "body",
    [
        *(by_condition, by_conditional_expression, by_helper, by_table, by_loop),
        *(by_constant_and_property, by_a_computed_text),
    ],
    ids=lambda body: body.__name__,
)
def test_all_ways_are_seen(body):
    """S003-19."""
    assert set(edges(body).gotos) == {"b", "c"}


def test_a_property_that_gives_a_step_is_followed():
    assert list(edges(lambda self: goto(self.last)).gotos) == ["c"]


def elsewhere(target):
    return goto(target)


def other_things(_self):
    page = Page()
    page.goto("https://example.org/b")
    page.ship = "b"
    return complete(state="b", other=page)


def test_other_libraries_and_other_texts_are_no_edges():
    assert not edges(other_things).all()


def test_a_step_that_is_called_as_a_function_lends_its_edges():
    class Calling:
        @step(start=True)
        def one(self):
            return self.two()

        @step()
        def two(self):
            return goto(self.three)

        @step()
        def three(self):
            return complete()

    found = edges_of(methods_of(Calling))

    assert list(found["one"].gotos) == ["three"]


def test_what_a_base_does_under_super_counts():
    class Base:
        @step(start=True)
        def one(self):
            return goto(self.two)

        @step()
        def two(self):
            return complete()

    class Sub(Base):
        @step(start=True)
        def one(self):
            return super().one()

    class Apart(Base):
        @step(start=True)
        def one(self):
            return complete()

    assert list(edges_of(methods_of(Sub))["one"].gotos) == ["two"]
    assert not edges_of(methods_of(Apart))["one"].gotos


def test_edges_are_read_where_there_is_no_source():
    scope = {"step": step, "goto": goto, "wait": wait, "complete": complete}
    exec(
        "class Pasted:\n"
        "    @step(start=True)\n"
        "    def one(self):\n"
        "        return wait.for_signal('go', then=self.two)\n"
        "    @step()\n"
        "    def two(self):\n"
        "        return goto(self.one) if self else complete()\n",
        scope,
    )
    found = edges_of(methods_of(scope["Pasted"]))

    assert list(found["one"].thens) == ["two"]
    assert list(found["two"].gotos) == ["one"]


# -- sleep and wait ----------------------------------------------------------------------------
def test_a_sleep_leads_where_it_says():
    assert not edges(lambda _self: sleep(5)).all()
    assert list(edges(lambda self: sleep(5, then=self.b)).thens) == ["b"]
    assert list(edges(lambda self: sleep(5, self.b)).thens) == ["b"]


def full_wait(self):
    return wait.for_signal("paid", timeout=timedelta(days=2) * 2, on_timeout="c", then=self.b)


def test_a_wait_leads_on_and_out_of_time():
    """S003-28."""
    found = edges(full_wait)

    assert (list(found.thens), list(found.timeouts), list(found.gotos)) == (["b"], ["c"], [])
    assert list(found.signals) == ["paid"]
    assert not found.open_waits


def test_a_step_named_by_then_is_no_goto_unless_it_is_one_too():
    def both(self):
        return goto(self.b) if self.ready() else wait.for_signal("x", then=self.b)

    assert list(edges(both).gotos) == ["b"]
    assert list(edges(both).thens) == ["b"]


@pytest.mark.parametrize(
    "body",
    [
        lambda _self: wait.for_signal("paid"),
        lambda _self: wait.for_signal("paid", then=None),
        lambda _self: wait.for_signal(name="paid", timeout=3),
    ],
)
def test_a_wait_that_does_not_say_where_it_leads_is_open(body):
    found = edges(body)

    assert len(found.open_waits) == 1
    assert list(found.signals) == ["paid"]


def spread(_self, **options):
    return wait.for_signal("paid", **options)


def test_a_wait_whose_options_are_hidden_is_judged_when_it_runs():
    found = edges(spread)

    assert not found.open_waits
    assert list(found.signals) == ["paid"]


def two_signals(self):
    name = "one" if self.ready() else "two"
    return wait.for_signal(name, then=self.b)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (lambda self: wait.for_signal(PAID, then=self.b), {"paid"}),
        (lambda self: wait.for_signal(Signals.SHIPPED, then=self.b), {"shipped"}),
        (two_signals, {"one", "two"}),
        (lambda self: wait.for_signal(f"paid_{self}", then=self.b), set()),
        (lambda self: wait.for_signal(then=self.b), set()),
        (lambda self: self.for_signal("paid", then=self.b), set()),
    ],
    ids=["constant", "enum", "either", "computed", "missing", "own method"],
)
def test_a_signals_name_is_known_if_it_is_constant(body, names):
    assert set(edges(body).signals) == names


def test_helpers_have_edges_too():
    class Helped:
        @step()
        def only(self):
            return complete()

        def retry(self):
            return goto(self.only)

    found = edges_of(methods_of(Helped))

    assert list(found["retry"].gotos) == ["only"]
    assert not found["only"].gotos


# -- events ------------------------------------------------------------------------------------
@pytest.mark.parametrize("named", [False, True])
def test_a_wait_for_an_event_leads_like_one_for_a_signal_and_names_none(named):
    def asks(self):
        return wait.for_event("paid", then=self.b, timeout=3, on_timeout="c")

    def asks_by_name(self):
        from perdure import wait_for_event

        return wait_for_event("paid", then=self.b, timeout=3, on_timeout="c")

    found = edges(asks_by_name if named else asks)

    assert (list(found.thens), list(found.timeouts)) == (["b"], ["c"])
    assert (list(found.signals), list(found.events), found.open_waits) == ([], ["paid"], [])


def test_a_wait_for_an_event_that_does_not_say_where_it_goes_is_open():
    def asks(self):
        return wait_for_event("paid")

    assert len(edges(asks).open_waits) == 1


# -- wait.any ----------------------------------------------------------------------------------
def test_the_ways_of_wait_any_are_edges_and_signals():
    def asks(self):
        return wait.any(
            wait.for_signal("paid", then=self.b),
            wait.for_signal(PAID, then="c"),
            wait.for_signal("off"),
            wait.for_children(then=self.c),
            timeout=3,
            on_timeout=self.c,
        )

    found = edges(asks)

    assert (list(found.thens), list(found.timeouts)) == (["b", "c"], ["c"])
    assert list(found.signals) == ["paid", "off"]
    assert len(found.open_waits) == 1


def test_a_then_of_wait_any_leads_on_all_ways_that_have_none_also_through_variables():
    def asks(self):
        from perdure import wait

        off = wait.for_signal("off")
        return wait.any(wait.for_signal("paid"), off, then=self.b)

    found = edges(asks)

    assert (list(found.thens), found.open_waits) == (["b"], [])


def test_any_of_something_else_is_no_wait():
    def asks(self):
        numbers = Page()
        numbers.any(then=self.b, on_timeout=self.c)
        return complete()

    assert not edges(asks).thens
