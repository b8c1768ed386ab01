"""The public names: all there, typed, and imported only when they are used."""

import json
import subprocess
import sys

import pytest

import perdure
from perdure import errors
from perdure.authoring.steps import directives


def loaded_by(code):
    """Run code in a fresh process and return the modules that it loaded."""
    script = f"{code}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return set(json.loads(answer.stdout))


@pytest.mark.parametrize("name", perdure.__all__)
def test_each_public_name_is_there(name):
    assert getattr(perdure, name) is not None
    assert name in dir(perdure)


def test_names_are_those_of_their_homes():
    assert perdure.goto is directives.goto
    assert perdure.errors is errors
    assert perdure.Retry().max_attempts == 3


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'perdure' has no attribute 'gotto'"):
        _ = perdure.gotto


def test_a_name_is_kept_once_it_was_used():
    perdure.__dict__.pop("sleep", None)
    first = perdure.sleep

    assert perdure.__dict__["sleep"] is first


def test_declaring_a_workflow_without_a_context_loads_neither_engine_nor_pydantic():
    loaded = loaded_by(
        "from perdure import workflow, step, complete\n"
        "@workflow('w')\n"
        "class W:\n"
        "    @step\n"
        "    def only(self): return complete()\n"
    )

    assert "perdure.authoring.steps.compiler" in loaded
    assert not loaded & {"pydantic", "perdure.app", "perdure.runtime", "apsw", "asyncio"}


def test_importing_perdure_loads_nothing_of_it():
    assert {name for name in loaded_by("import perdure") if name.startswith("perdure.")} == set()
