"""What is read from code objects: calls, their arguments, and what variables are given."""

import argparse
import ast
import dataclasses
import inspect
import logging
import shutil
import subprocess
import textwrap
import typing
import zipfile
from asyncio import base_events
from types import CodeType

import pytest

from perdure.authoring.steps.bytecode import (
    MOST_PARTS,
    Attr,
    Call,
    Const,
    Either,
    Mixed,
    Name,
    flatten,
    read,
)

SELF = Name("self", is_local=True)


def function(body, arguments="self"):
    """Return a function of these lines, exec'd, so that no source text can be found."""
    scope = {}
    text = textwrap.indent(textwrap.dedent(body), "    ")
    exec(f"def made({arguments}):\n{text}", scope)
    return scope["made"]


def reading(body, arguments="self"):
    return read(function(body, arguments).__code__)


def call(body, name="goto", arguments="self"):
    """Return the one call of `name` in these lines."""
    found = [each for each in reading(body, arguments).calls if named(each.callee) == name]
    assert len(found) == 1, found
    return found[0]


def named(callee):
    return callee.name if isinstance(callee, Name | Attr) else ""


def options(value):
    """Return what an argument may be, in no order: ways meet in another one in each Python."""
    return {leaf.name if isinstance(leaf, Attr) else leaf.value for leaf in flatten(value)}


# -- arguments ---------------------------------------------------------------------------------
def test_an_attribute_of_self():
    assert call("return goto(self.ship)") == Call(
        Name("goto", is_local=False), (Attr(SELF, "ship"),), {}
    )


def test_a_constant_and_keywords():
    found = call(
        'return wait.for_signal("paid", timeout=3, on_timeout="late", then=self.ship)', "for_signal"
    )

    assert found.callee == Attr(Name("wait", is_local=False), "for_signal")
    assert found.positional == (Const("paid"),)
    assert found.keywords == {
        "timeout": Const(3),
        "on_timeout": Const("late"),
        "then": Attr(SELF, "ship"),
    }


def test_calls_within_calls_keep_their_own_keywords():
    found = call(
        'return wait.for_signal("paid", timeout=timedelta(days=3) * 2, then="ship")', "for_signal"
    )

    assert list(found.keywords) == ["timeout", "then"]
    assert found.keywords["then"] == Const("ship")
    assert isinstance(found.keywords["timeout"], Mixed)


@pytest.mark.parametrize(
    "text",
    [
        "return goto(self.ship if self.paid else self.cancel)",
        "if self.paid:\n    target = self.ship\nelse:\n    target = self.cancel\nreturn goto(target)",
        "return goto({1: self.ship, 2: self.cancel}[self.x])",
        "return goto([self.ship, self.cancel][0])",
        "return goto((self.ship, self.cancel)[self.paid])",
        "return goto(self.ship or self.cancel)",
        "return goto([self.ship, *[self.cancel]][0])",
    ],
)
def test_alternatives_are_all_seen(text):
    """Each Python compiles them in its own way; some split the call in two."""
    found = reading(text)
    seen = set()
    for each in found.calls:
        for value in each.positional:
            stored = found.stored.get(value.name, [value]) if isinstance(value, Name) else [value]
            seen |= {name for one in stored for name in options(one)}

    assert {"ship", "cancel"} <= {name for name in seen if isinstance(name, str)}


def test_a_condition_gives_either():
    found = call("x = self.ship if self.paid else self.cancel\nreturn goto(x)")
    stored = reading("x = self.ship if self.paid else self.cancel\nreturn goto(x)").stored["x"]

    assert found.positional == (Name("x", is_local=True),)
    assert isinstance(stored[0], Either)
    assert options(stored[0]) == {"ship", "cancel"}


def test_what_is_computed_keeps_its_parts():
    found = call('return goto(f"handle_{self.kind}")')

    assert isinstance(found.positional[0], Mixed)
    assert Const("handle_") in list(flatten(found.positional[0]))


def test_parts_are_limited():
    many = ", ".join(f"self.s{number}" for number in range(200))
    found = call(f"return goto([{many}][0])")

    assert len(list(flatten(found.positional[0]))) == MOST_PARTS


def test_keywords_that_are_spread_are_unknown():
    found = call('return wait.for_signal("paid", **kw)', "for_signal", "self, **kw")

    assert found.positional == (Const("paid"),)
    assert found.keywords is None


def test_arguments_that_are_spread_are_mixed():
    found = call("return goto(*args)", "goto", "self, *args")

    assert found.keywords is None
    assert list(flatten(found.positional[0])) == [Name("args", is_local=True)]


# -- callees -----------------------------------------------------------------------------------
def test_a_function_of_a_module_that_was_imported_inside():
    found = call("import perdure\nreturn perdure.goto(self.ship)")

    assert found.callee == Attr(Name("perdure", is_local=True), "goto")
    assert found.positional == (Attr(SELF, "ship"),)


def test_super_is_a_call_whose_attribute_is_called():
    made = function("class A:\n    def m(self):\n        return super().m(1)\nreturn A", "")()
    (found,) = [each for each in read(made.m.__code__).calls if named(each.callee) == "m"]

    assert isinstance(found.callee, Attr)
    assert found.callee.base == Call(Name("super", is_local=False), (), {})
    assert found.positional == (Const(1),)


def test_an_attribute_of_super_that_is_not_called():
    made = function("class A:\n    def m(self):\n        return goto(super().m)\nreturn A", "")()
    (found,) = [each for each in read(made.m.__code__).calls if named(each.callee) == "goto"]

    assert isinstance(found.positional[0], Attr)
    assert found.positional[0].name == "m"


def test_a_callee_that_is_computed():
    found = reading("return self.routes[self.kind](self.ship)").calls[-1]

    assert isinstance(found.callee, Mixed)
    assert found.positional == (Attr(SELF, "ship"),)


# -- statements around calls -------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "with open(self.path) as file:\n    return goto(self.ship)",
        "try:\n    self.work()\nexcept ValueError as error:\n    return goto(self.ship)",
        "try:\n    self.work()\nfinally:\n    self.close()\nreturn goto(self.ship)",
        "for n in self.items:\n    if n:\n        return goto(self.ship)",
        "while self.more():\n    self.work()\nreturn goto(self.ship)",
        "assert self.ok, 'no'\nreturn goto(self.ship)",
        "found = [n for n in self.items if n]\nreturn goto(self.ship)",
        "found = sum(n for n in self.items)\nreturn goto(self.ship)",
        "del self.cache['a']\nself.count += 1\nreturn goto(self.ship)",
        "a, b = self.pair\nself.x, self.y = b, a\nreturn goto(self.ship)",
        "x: int = 3\nglobal done\ndone = x\nreturn goto(self.ship)",
        "match self.kind:\n    case 'a' | 'b':\n        return goto(self.ship)\n    case {'k': v}:\n        raise ValueError(v)",
        "if not self.ok:\n    raise ValueError('no')\nreturn goto(self.ship)",
        "if (n := self.count) > 3:\n    return goto(self.ship)",
        "print(f'{self.x!r:>10} {self.y}', end='')\nreturn goto(self.ship)",
        "value = self.a[1:2]\nvalue[3] = -value[0]\nreturn goto(self.ship)",
        "d = {**self.a, 'b': 1}\ns = {*self.b, 2}\nreturn goto(self.ship)",
        "from perdure import complete\nreturn goto(self.ship)",
        "class Inner:\n    x = 1\nreturn goto(self.ship)",
        "run = lambda: self.ship\nreturn goto(self.ship)",
        "return goto(self.ship) if self.ok else None",
    ],
)
def test_statements_do_not_confuse_the_reading(text):
    assert call(text).positional == (Attr(SELF, "ship"),)


def test_async_code_is_read():
    scope = {}
    exec(
        "async def made(self):\n"
        "    async with self.lock:\n"
        "        found = [x async for x in self.rows]\n"
        "    return goto(await self.choose(self.ship))\n",
        scope,
    )
    found = read(scope["made"].__code__)
    (went,) = [each for each in found.calls if named(each.callee) == "goto"]
    awaited = [leaf for leaf in flatten(went.positional[0]) if isinstance(leaf, Call)]

    assert [named(each.callee) for each in awaited] == ["choose"]


def test_lambdas_and_comprehensions_belong_to_their_function():
    found = reading(
        "later = lambda: goto(self.ship)\n"
        "waits = {n: wait.for_signal('paid') for n in self.names}\n"
        "return later()"
    )

    assert {"goto", "for_signal"} <= {named(each.callee) for each in found.calls}


def test_a_variable_of_a_lambda_is_stored_with_the_others():
    found = reading("f = lambda: [x := self.ship, goto(x)]\nreturn f")

    assert Attr(SELF, "ship") in found.stored["x"]


# -- what stands for itself --------------------------------------------------------------------
def test_a_method_that_is_named_but_not_called_stands_for_itself():
    found = reading("return route(self.ship, self.kind())")

    assert Attr(SELF, "ship") in found.values
    assert Attr(SELF, "kind") not in found.values


def test_what_is_returned_is_known():
    assert reading("return 'ship'").returned[0] == Const("ship")
    assert Attr(SELF, "ship") in reading("return self.ship").returned


def test_constants_in_tuples_are_told_one_by_one():
    assert list(flatten(Const(("a", ("b", frozenset({"c"})))))) == [
        Const("a"),
        Const("b"),
        Const("c"),
    ]


def calls_in_text(node):
    """Return the calls of a function as its syntax tree has them: callee and keywords."""
    found = set()
    for each in (inner for statement in node.body for inner in ast.walk(statement)):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name | ast.Attribute):
            spread = any(k.arg is None for k in each.keywords)
            spread = spread or any(isinstance(a, ast.Starred) for a in each.args)
            name = each.func.id if isinstance(each.func, ast.Name) else each.func.attr
            found.add((name, "*" if spread else tuple(k.arg for k in each.keywords)))
    return found - {("super", ())}  # 3.12 has an instruction for the whole of `super().name`


def calls_in_code(code):
    """Return the same, as the reading of its code object has them."""
    return {
        (named(call.callee), "*" if call.keywords is None else tuple(call.keywords))
        for call in read(code).calls
        if named(call.callee)
    }


def codes(code):
    """Return the code objects inside one, by name and first line."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    here = {(each.co_name, each.co_firstlineno): each for each in inner}
    return here | {key: value for each in inner for key, value in codes(each).items()}


def is_plain(node):
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.decorator_list


@pytest.mark.parametrize(
    "module",
    [argparse, base_events, dataclasses, inspect, typing, subprocess, shutil, zipfile, logging],
    ids=lambda module: module.__name__,
)
def test_the_standard_library_reads_as_its_text_does(module):
    """Each call of each function, with its keywords, as the syntax tree has it; thousands."""
    tree = ast.parse(inspect.getsource(module))
    compiled = codes(compile(tree, "module", "exec"))
    functions = [node for node in ast.walk(tree) if is_plain(node)]
    wrong = {
        f"{node.name}:{node.lineno}": missing
        for node in functions
        if (missing := calls_in_text(node) - calls_in_code(compiled[node.name, node.lineno]))
    }

    assert len(functions) > 30
    assert not wrong
