"""The published schema takes what is a definition, and refuses what has another shape."""

import jsonschema_rs
import pytest

from perdure.authoring.graphs.findings import Findings
from perdure.authoring.graphs.publishing import definition_schema
from perdure.authoring.graphs.shape import check_shape
from tests.authoring.graphs.support import QUICK_START, ask, define, gather, work_on

SHOUT = {"type": "data_processing", "function": "f", "input": "${loop.current_item}"}
LOOP = {"id": "l", "type": "loop", "iterate_over": "${a.result}", "step": SHOUT, "parallel": True}
EITHER = {"id": "c", "type": "conditional", "condition": "true", "if_true": SHOUT}
VALIDATOR = jsonschema_rs.validator_for(definition_schema())


@pytest.mark.parametrize(
    "definition",
    [
        QUICK_START,
        define(ask("a", timeout=3.5), work_on("b", ["${a.result}"]), gather("c")),
        define(LOOP, EITHER, max_parallel_steps=3, output={"x": "${l.result}"}),
        define({**EITHER, "if_false": {**EITHER, "if_false": None}}),
        define(ask("a", error_handling={"retry_policy": {"max_retries": 2}})),
    ],
)
def test_a_definition_fits(definition):
    assert check_shape(definition, Findings()) is not None
    assert VALIDATOR.is_valid(definition)


@pytest.mark.parametrize(
    "definition",
    [
        {"name": "x"},
        define(),
        define(ask(3)),
        define({"type": "inference", "model": "m"}),
        define({**LOOP, "step": {"type": "task"}}),
        define({**EITHER, "if_true": {"type": "inference"}}),
        define(ask("a", inptu="x")),
        define(ask("a", timeout=0)),
        define(*(ask(f"s{number}") for number in range(1_001))),
    ],
)
def test_what_has_another_shape_does_not(definition):
    assert check_shape(definition, Findings()) is None or len(definition["steps"]) > 1_000
    assert not VALIDATOR.is_valid(definition)


def test_nothing_in_it_is_named_as_in_code():
    assert "title" not in definition_schema()["$defs"]["Loop"]
