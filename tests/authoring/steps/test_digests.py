"""Digests of bodies: what counts as a change of a step, and what does not."""

import sys
import textwrap

import pytest

from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.digests import digest, digester, is_changed
from perdure.authoring.steps.directives import complete, goto
from perdure.authoring.steps.methods import methods_of
from tests.authoring.steps.scenes import compiled


def digests(body, *, others="", head=""):
    """Return the digests of a class whose only step has this body."""
    text = (
        f"class Order:\n    @step(start=True)\n    def pay(self):\n{textwrap.indent(body, ' ' * 8)}"
    )
    names = {"step": step, "complete": complete, "goto": goto}
    exec(f"{head}{text}\n{textwrap.indent(others, ' ' * 4)}", names)
    return digester(methods_of(names["Order"]))()


def of(body, **more):
    return digests(body, **more)["pay"]


PAY = "return complete(paid=1)"


@pytest.mark.parametrize(
    "same",
    [
        f"# a comment\n\n{PAY}  # another one",
        f"'''What it does.'''\n{PAY}",
        "return complete(\n    paid=1,\n)",
    ],
)
def test_comments_docstrings_and_lines_do_not_count(same):
    assert of(same) == of(PAY)


def test_where_a_method_stands_does_not_count():
    assert of(PAY, head="\n" * 40) == of(PAY)


@pytest.mark.parametrize(
    "other",
    [
        "return complete(paid=2)",
        "return complete(paid=1.0)",
        "return complete(paid=True)",
        "return complete(payed=1)",
        "return goto(self.pay)",
        "print()\nreturn complete(paid=1)",
    ],
)
def test_other_instructions_names_and_constants_do(other):
    assert of(other) != of(PAY)


def test_code_within_a_body_counts():
    inner = "return complete(paid=[n + {} for n in (1, 2)], by=lambda: {})"

    assert of(inner.format(1, 2)) == of(inner.format(1, 2))
    assert len({of(inner.format(*each)) for each in ((1, 2), (2, 2), (1, 3))}) == 3


def test_what_a_handler_covers_counts():
    """The instructions are the same ones, in the same order."""
    narrow = "try:\n    a()\nexcept OSError:\n    pass\nb()"
    wide = "try:\n    a()\n    b()\nexcept OSError:\n    pass"

    assert of(narrow) != of(wide)


def test_a_set_of_constants_is_the_same_in_any_order():
    """Texts hash in another way in each process."""
    one = compile("x in {'a', 'b', 'c', 'd'}", "one", "eval")
    constants = [
        each if not isinstance(each, frozenset) else frozenset("dcba") for each in one.co_consts
    ]

    assert digest([one]) == digest([one.replace(co_consts=tuple(constants))])


def test_a_helper_of_the_class_counts_for_each_step_that_reaches_it():
    helper = "def _rate(self):\n    return {}\n\n@step()\ndef ship(self):\n    return complete()"
    one, two = (
        digests("return goto(self.ship) if self._rate() else None", others=helper.format(n))
        for n in (1, 2)
    )

    assert one["pay"] != two["pay"]
    assert one["ship"] == two["ship"]


def test_a_compiled_class_has_digests_for_each_step():
    class Order:
        @step(start=True)
        def pay(self):
            return goto(self.ship)

        @step()
        def ship(self):
            return complete()

    found = compiled(Order).digests()

    assert set(found) == {"pay", "ship"}
    assert all(
        each.startswith(f"{sys.version_info.major}.{sys.version_info.minor}:")
        for each in found.values()
    )


@pytest.mark.parametrize(
    ("before", "changed"), [("3.13:aa", False), ("3.13:bb", True), ("3.12:aa", None)]
)
def test_what_another_python_made_cannot_be_compared(before, changed):
    assert is_changed(before, "3.13:aa") is changed
