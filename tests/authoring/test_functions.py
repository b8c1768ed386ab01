"""Functions that definitions call by name, and what they may read."""

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from perdure.authoring import functions
from perdure.authoring.functions import (
    DuplicateFunctionError,
    FunctionRegistry,
    UnknownFunctionError,
    default_registry,
    function,
)
from perdure.errors import DefinitionError, InvalidInputError


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    """Each test declares for itself."""
    monkeypatch.setattr(functions, "_DECLARED", {})
    return functions._DECLARED


def declare(name="shout", **options):
    @function(name, **options)
    def shout(text: str, *, times: int = 1) -> str:
        """Say it loud.

        More is told here.
        """
        return text.upper() + "!" * times

    return shout


def test_a_declared_callable_stays_a_callable():
    assert declare()("hey", times=2) == "HEY!!"


def test_a_function_is_called_with_input_and_parameters_that_fit():
    registry = FunctionRegistry()
    registry.add(declare())

    shout = registry.get("shout")

    assert shout("hey", {"times": 3}) == "HEY!!!"
    assert shout("hey") == "HEY!"
    with pytest.raises(InvalidInputError, match=r"parameters\.time: .* Did you mean 'times'"):
        shout("hey", {"time": 3})
    with pytest.raises(InvalidInputError, match="input: input should be a valid string"):
        shout(7)


def test_a_function_tells_about_itself():
    registry = FunctionRegistry()
    registry.add(declare(returns="text"))
    shout = registry.get("shout")

    assert (shout.name, shout.returns, shout.takes) == ("shout", "text", "input")
    assert shout.summary == "Say it loud."
    assert registry.schema("shout")["properties"]["times"] == {"type": "integer", "default": 1}
    assert {p.path for p in shout.problems({"times": "x", "t": 1})} == {
        "parameters.times",
        "parameters.t",
    }


def test_a_function_of_inputs_is_for_aggregations():
    @function("merge")
    def merge(inputs: Mapping[str, Any]) -> Any:
        return dict(inputs)

    registry = FunctionRegistry()
    registry.add(merge)

    assert registry.get("merge").takes == "inputs"
    assert registry.get("merge").summary == ""
    assert registry.get("merge")({"a": 1}) == {"a": 1}
    with pytest.raises(InvalidInputError, match="inputs: "):
        registry.get("merge")([1])


def test_an_unknown_function_is_told_with_the_nearest_name():
    registry = FunctionRegistry()
    with pytest.raises(UnknownFunctionError, match=r"'shot'\. None is registered"):
        registry.get("shot")
    registry.add(declare())
    with pytest.raises(
        UnknownFunctionError, match=r"there is no function 'shot'\. Did you mean 'shout'\?"
    ):
        registry.get("shot")
    with pytest.raises(UnknownFunctionError, match="There are: shout"):
        registry.get("xyz")
    assert "shout" in registry
    assert "shot" not in registry


def test_the_same_function_may_come_twice_but_no_other_of_its_name():
    registry = FunctionRegistry()
    registry.add(declare())
    registry.add(declare())

    with pytest.raises(DuplicateFunctionError, match=r"function 'shout' is .*cannot have the name"):

        @function("shout")
        def other(text: str) -> str:
            return text

    assert registry.names() == ("shout",)


def test_what_is_not_declared_is_not_added():
    with pytest.raises(DefinitionError, match=r"Write @function\(...\) above it"):
        FunctionRegistry().add(len)


def test_a_callable_without_input_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="takes no input"):

        @function("nothing")
        def nothing() -> None: ...


def test_the_default_registry_has_packs_and_what_is_declared_even_later():
    registry = default_registry()
    assert "pdf_to_text" in registry

    declare("later")

    assert "later" in registry.names()
    assert registry.get("later")("x") == "X!"
    assert "later" not in FunctionRegistry()


def test_a_pack_that_cannot_be_imported_is_named(monkeypatch):
    broken = EntryPoint("broken", "no.such.module:register", functions.PACKS)
    monkeypatch.setattr(functions, "entry_points", lambda **_: [broken])

    with pytest.raises(ModuleNotFoundError) as error:
        default_registry()
    assert error.value.__notes__ == ["while loading the pack 'broken' (no.such.module:register)"]


def test_declaring_needs_no_validator():
    code = "import sys, perdure.authoring.functions; print('pydantic' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_packs_of_others_are_loaded_so_that_their_functions_are_offered(monkeypatch):
    loaded = []
    other = EntryPoint("theirs", "tests.authoring.test_functions:theirs", functions.PACKS)
    monkeypatch.setattr(functions, "entry_points", lambda group: [other])
    monkeypatch.setattr(f"{__name__}.theirs", loaded.append, raising=False)

    functions.load_packs()

    assert len(loaded) == 1


def test_perdures_own_packs_are_not_loaded_for_nothing(monkeypatch):
    own = EntryPoint("text", "perdure.packs:register", functions.PACKS)
    monkeypatch.setattr(functions, "entry_points", lambda group: [own])
    monkeypatch.setattr(functions, "default_registry", lambda: pytest.fail("loaded"))

    functions.load_packs()
